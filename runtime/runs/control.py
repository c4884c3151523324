"""Asking a run for something: where it is being worked on its worker is asked, else its folder is changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from runtime.events import Ended
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.folder import RunFolder
from runtime.runs.queue import Queue
from runtime.runs.recovery import record_end, recover_run
from runtime.runs.store import UNFINISHED, read_status

Action = Literal["pause", "stop"]
PARTING_SECONDS = 5.0
RESTING = ("paused", "interrupted")
WAITED = {
    "stop": Ended("stopped", "Cancelled while it waited for its turn."),
    "pause": Ended("paused", "Paused while it waited for its turn."),
}


def ask_run(folder: RunFolder, action: Action, queue: Queue, is_owned: bool = False) -> None:
    """Ask a run to pause or stop. Raises RunError where that makes no sense now."""
    if not is_owned:
        recover_run(folder)
    status = read_status(folder)
    if status in UNFINISHED:
        folder.write_control(action)
        if status == "queued":
            end_waiting(folder, action, queue)
    elif status in RESTING and action == "stop":
        record_end(folder, Ended("stopped", "Stopped by hand."), RESTING)
    else:
        raise RunError(f'The run "{folder.id}" is {status}, so there is nothing to {action}.')


def end_waiting(folder: RunFolder, action: Action, queue: Queue) -> bool:
    """Take a run that waits out of the queue; one that has its turn already looks at its control file itself.

    Returns:
        Whether it waited.
    """
    with queue.locked():
        if queue.devices.has_run(folder.id) or folder.is_locked():
            return False
        return record_end(folder, WAITED[action], ("queued",))


def await_parting(folder: RunFolder, is_held: Callable[[], bool]) -> None:
    """Wait for who has recorded the end of a run and still holds it: a process takes a moment to leave."""
    deadline = time.monotonic() + PARTING_SECONDS
    while is_held() and read_status(folder) not in UNFINISHED and time.monotonic() < deadline:
        time.sleep(0.05)


def clear_for_resume(folder: RunFolder) -> None:
    """Make a run ready to go on. Raises RunError where it is going on or has finished."""
    if folder.is_locked():
        raise RunBusy(f'The run "{folder.id}" is already being worked on.')
    recover_run(folder)
    with folder.lock():
        if read_status(folder) == "finished":
            raise RunError(f'The run "{folder.id}" has finished.', "Start a new one to train for longer.")
        folder.clear_control()
        with folder.writer() as writer:
            writer.write_status("queued")
