"""The runs that wait for a device, in the order in which they will have it.

That a run waits is recorded in its own folder (``queued``); ``queue.json`` beside the runs keeps nothing but the order. A run
that it does not name comes last, and where it cannot be read only the order is lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from runtime.recent import Recent, is_settled
from runtime.runs.devices import Devices, Slot, find_fitting
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.files import read_json, write_json
from runtime.runs.folder import RunFolder, find_run, list_folders, runs_folder
from runtime.runs.lock import RunLock
from runtime.runs.store import read_status
from runtime.runs.unrecorded import is_remembered

FILE = "queue.json"
MOST_BYTES = 2**20
MOST_KNOWN = 10_000
PATIENCE_SECONDS = 5.0
WORDS = ("first", "up", "down", "last")

Place = int | str
Stamp = tuple[int, ...]
_known: Recent[Path, tuple[Stamp, str]] = Recent(MOST_KNOWN)


class Queue:
    """The waiting runs of one folder and the devices that they wait for."""

    def __init__(self, runs: Path | None = None, devices: Devices | None = None) -> None:
        self.runs = runs
        self.devices = devices or Devices(runs)

    @property
    def file(self) -> Path:
        """Where the order is kept."""
        return runs_folder(self.runs) / FILE

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While this lasts no other process changes the order, or lets a run begin. Raises RunBusy."""
        home = runs_folder(self.runs)
        home.mkdir(parents=True, exist_ok=True)
        lock = RunLock(home / ".queue.lock")
        try:
            lock.acquire(PATIENCE_SECONDS)
        except RunBusy:
            raise RunBusy("Another process is changing the queue and does not come to an end.", "Try again.") from None
        with lock:
            yield

    def stamp(self) -> Stamp:
        """What changes when a run is made, deleted or restored, and when the order changes."""
        try:
            return (runs_folder(self.runs).stat().st_mtime_ns,)
        except OSError:
            return ()

    def queued(self) -> dict[str, RunFolder]:
        """The runs that have not begun, the oldest first."""
        return {folder.id: folder for folder in reversed(list_folders(self.runs)) if know_status(folder) == "queued"}

    def waiting(self) -> list[RunFolder]:
        """The runs that wait, in their order. One that has its device already waits no more, though it has yet to begin."""
        found = self.queued()
        for run in self.devices.list_taken().values() if found else ():
            found.pop(run, None)
        named = [found.pop(run) for run in self.read_order() if run in found] if found else []
        return [*named, *found.values()]

    def read_order(self) -> list[str]:
        """The order as it is kept; empty where it cannot be read."""
        try:
            if self.file.stat().st_size > MOST_BYTES:
                return []
            order = read_json(self.file).get("order")
        except (OSError, ValueError, RecursionError):
            return []
        return list(dict.fromkeys(run for run in order if isinstance(run, str))) if isinstance(order, list) else []

    def add(self, runs: Sequence[str]) -> None:
        """Put runs at the end. Where the disk does not take it they are there all the same: what is not named comes last.

        To be called while the queue is locked.
        """
        others = [folder.id for folder in self.waiting() if folder.id not in runs]
        with suppress(OSError):
            write_json(self.file, {"order": [*others, *runs]})

    def move(self, run: str, to: Place) -> None:
        """Give a waiting run another place: ``first``, ``up``, ``down``, ``last``, or a number from 0.

        Raises:
            RunError: the run does not wait, there is no such place, or the order cannot be written.
        """
        with self.locked():
            order = [folder.id for folder in self.waiting()]
            if run not in order:
                status = read_status(find_run(run, self.runs))
                told = "has its turn already" if status == "queued" else f"is {status}"
                raise RunError(f'The run "{run}" {told}, so it has no place in the queue.')
            place = find_place(order.index(run), len(order) - 1, to)
            order.remove(run)
            order.insert(place, run)
            try:
                write_json(self.file, {"order": order})
            except OSError as error:
                raise RunError(f"The order of the queue cannot be written: {error.strerror}.") from error

    def take_turn(self, folder: RunFolder) -> Slot | None:
        """The device for a run that waits, if one is free for it. To be called while the queue is locked."""
        for device in self.list_fitting(folder):
            if self.devices.is_reserved(device):
                continue
            slot = self.devices.take(device, folder.id)
            if slot is None:
                continue
            if not folder.is_locked() and is_waiting(folder):
                return slot
            slot.release()
            return None
        return None

    def list_fitting(self, folder: RunFolder) -> list[str]:
        """The devices that a run may train on."""
        return find_fitting(read_wishes(folder)[0], self.devices.names)


def find_place(place: int, last: int, to: Place) -> int:
    """The place that is meant, between 0 and the last one. Raises RunError for what is no place."""
    places = dict(zip(WORDS, (0, place - 1, place + 1, last), strict=True))
    wanted = places.get(to) if isinstance(to, str) else to
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise RunError(f'"{str(to)[:40]}" is no place in the queue.', f"Say {', '.join(WORDS)}, or a number.")
    return max(0, min(last, wanted))


def is_waiting(folder: RunFolder) -> bool:
    """Whether a run waits at this very moment."""
    try:
        return read_status(folder) == "queued"
    except sqlite3.Error:
        return False


def know_status(folder: RunFolder) -> str:
    """The recorded status of a run, read again only when its files have changed; empty where it cannot be read."""
    stamp = stamp_database(folder)
    known = _known.find(folder.path)
    if known is not None and known[0] == stamp and not is_remembered(folder.path):
        return known[1]
    try:
        status = read_status(folder)
    except (sqlite3.Error, ValueError):
        return ""
    if is_settled(stamp[1::3]):
        _known.keep(folder.path, (stamp, status))
    return status


def stamp_database(folder: RunFolder) -> Stamp:
    """What changes whenever something is written to a run's database."""
    stamp: list[int] = []
    for name in ("run.db", "run.db-wal"):
        try:
            found = (folder.path / name).stat()
        except OSError:
            continue
        stamp += [found.st_ino, found.st_mtime_ns, found.st_size]
    return tuple(stamp)


def read_wishes(folder: RunFolder) -> tuple[str, str]:
    """The device and the executor that a run asks for; the usual ones where its project cannot be read, as its worker says."""
    try:
        return _read_wishes(folder, (folder.path / "project.json").stat().st_mtime_ns)
    except (RunError, OSError):
        return "auto", "process"


@lru_cache(1024)
def _read_wishes(folder: RunFolder, changed: int) -> tuple[str, str]:
    """Read them once for every state of the project's file."""
    run = folder.read_project().run
    return run.device, run.executor
