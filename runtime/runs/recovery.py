"""Finds runs that were cut: recorded as running although nobody holds their lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from runtime.events import Ended
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.folder import RunFolder, list_folders, sweep_drafts
from runtime.runs.store import UNFINISHED, open_run, read_latest
from runtime.runs.unrecorded import find_end, remember_end

CUT = Ended("interrupted", "The process that trained it ended without a word.", "Resume it from its last checkpoint.")


def recover_all(runs: Path | None = None, owned: frozenset[str] = frozenset()) -> list[str]:
    """Mark every run that was cut, except those that somebody here looks after. Returns their ids."""
    sweep_drafts(runs)
    return [folder.id for folder in list_folders(runs) if folder.id not in owned and recover_run(folder)]


def recover_run(folder: RunFolder, ended: Ended = CUT) -> bool:
    """Record how a run ended if its worker could not. Returns whether that was so.

    A run that waits has no worker, and none that could have been cut: it goes on waiting.
    """
    try:
        if read_recorded(folder) != "running" or folder.is_locked():
            return False
        return record_end(folder, ended, ("running",))
    except (sqlite3.Error, OSError, RunError):
        return False


def read_recorded(folder: RunFolder) -> str:
    """The status as it is recorded, whatever this process knows better."""
    with open_run(folder) as connection:
        return str(read_latest(connection).get("status", "queued"))


def record_end(folder: RunFolder, ended: Ended, over: tuple[str, ...]) -> bool:
    """Write an end, unless the worker was quicker: the status is asked again by the holder of the lock.

    An end that the disk does not take is remembered, told, and written as soon as the disk takes it.

    Raises:
        RunBusy: Somebody works on the run after all.
        RunError: The folder of the run cannot be written to.
        sqlite3.Error, OSError: The disk does not take it.
    """
    try:
        with folder.lock():
            if read_recorded(folder) not in over:
                return False
            ended = find_remembered(folder) or ended
            with folder.writer() as writer:
                writer.write_end_alone(ended)
    except RunBusy:
        raise
    except (sqlite3.Error, OSError, RunError):
        remember(folder, ended)
        raise
    return True


def find_remembered(folder: RunFolder) -> Ended | None:
    """What this process knows of the end of a run and could not record before."""
    with open_run(folder) as connection:
        return find_end(folder.path, connection)


def remember(folder: RunFolder, ended: Ended) -> None:
    """Remember an end that could not be recorded. What was remembered first was nearer to the cause."""
    with open_run(folder) as connection:
        is_open = read_latest(connection).get("status", "queued") in UNFINISHED
        if is_open and find_end(folder.path, connection) is None:
            remember_end(folder.path, ended, connection)
