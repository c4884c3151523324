"""Who may write to a run: the holder of its lock. The system frees the lock of a process that dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from runtime.runs.disk import explain_disk
from runtime.runs.errors import RunBusy, RunError


class RunLock:
    """The exclusive right to write to a run. Held from ``acquire`` until ``release`` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor: int | None = None

    def acquire(self, patience: float = 2.0) -> None:
        """Take the lock, waiting up to ``patience`` seconds.

        Raises:
            RunBusy: Another holds it.
            RunError: The folder cannot be written to.
        """
        descriptor = self.open()
        deadline = time.monotonic() + patience
        while not try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() >= deadline:
                os.close(descriptor)
                raise RunBusy(f'The run "{self.path.parent.name}" is already being worked on.', "Stop it there first.")
            time.sleep(0.02)
        self.descriptor = descriptor

    def open(self) -> int:
        """Open the file of the lock for writing: who cannot do that cannot write anything else of the run."""
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            refusal = explain_disk(error)
            if refusal is None:
                raise
            raise RunError(refusal.reason, f"{refusal.remedy}.") from error

    def release(self) -> None:
        """Give the lock back."""
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __enter__(self) -> RunLock:
        if self.descriptor is None:
            self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def try_lock(descriptor: int, mode: int) -> bool:
    """Lock without waiting; False where somebody else is in the way."""
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock. Askers share it for an instant, so they are not in each other's way."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)
