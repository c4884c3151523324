"""Finds runs that were cut: recorded as running although nobody holds their lock."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from runtime.events import Ended
from runtime.runs.errors import RunBusy
from runtime.runs.folder import RunFolder, list_folders
from runtime.runs.store import read_status

CUT = Ended("interrupted", "The process that trained it ended without a word.", "Resume it from its last checkpoint.")
FORGOTTEN = Ended("interrupted", "Layerloom ended while this run waited for its turn.", "Resume it, and it is trained.")
"""How a waiting run is shown that nobody will start by himself. It is not recorded: the run still waits."""


def recover_all(runs: Path | None = None, owned: frozenset[str] = frozenset()) -> list[str]:
    """Mark every run that was cut, except those that somebody here looks after. Returns their ids."""
    return [folder.id for folder in list_folders(runs) if folder.id not in owned and recover_run(folder)]


def recover_run(folder: RunFolder, ended: Ended = CUT) -> bool:
    """Record how a run ended if its worker could not. Returns whether that was so.

    A run that waits has no worker, and none that could have been cut: it goes on waiting.
    """
    try:
        if read_status(folder) != "running" or folder.is_locked():
            return False
        return record_end(folder, ended, ("running",))
    except (sqlite3.Error, OSError, RunBusy):
        return False


def record_end(folder: RunFolder, ended: Ended, over: tuple[str, ...]) -> bool:
    """Write an end, unless the worker was quicker: the status is asked again by the holder of the lock.

    Raises:
        RunBusy: Somebody works on the run after all.
    """
    with folder.lock():
        if read_status(folder) not in over:
            return False
        with folder.writer() as writer:
            writer.write_status(ended.status, ended.reason, ended.advice, ended.metrics)
    return True
