"""Deleting runs: they go to the trash, from where they come back with everything that they recorded."""

from __future__ import annotations

import sqlite3

from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.control import WAITED, await_parting
from runtime.runs.disk import explain_disk
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.queue import Queue, is_waiting
from runtime.runs.recovery import record_end
from runtime.trash import Entry, Trash, tell_bytes


def delete_run(run: str) -> Entry:
    """Move a run to the trash. One that waits leaves the queue by that; a process that has ended one may still be leaving.

    Raises:
        RunBusy: it is worked on.
        RunNotFound: there is no such run.
        RunError: the disk does not take that it left the queue.
        TrashError: the disk does not let it go.
    """
    folder, queue = find_run(run), Queue()
    try:
        await_parting(folder, folder.is_locked)
        with queue.locked():
            leave_queue(folder, queue)
            return Trash().put("run", str(folder.read_meta()["name"]), [f"runs/{run}"])
    except (OSError, sqlite3.Error) as error:
        refusal = explain_disk(error)
        reason, advice = (refusal.reason, f"{refusal.remedy}.") if refusal else (f"The system says: {error}.", "")
        raise RunError(f"The run cannot go to the trash. {reason}", advice) from error


def leave_queue(folder: RunFolder, queue: Queue) -> None:
    """Record that a run which waits was cancelled. Raises RunBusy for one that is worked on."""
    is_queued = is_waiting(folder)  # False where the database is damaged: such a run goes all the same
    if folder.is_locked() or (is_queued and queue.devices.has_run(folder.id)):
        raise RunBusy(f"“{folder.read_meta()['name']}” is still being worked on.", "Stop it first.")
    if is_queued:
        record_end(folder, WAITED["stop"], ("queued",))


def tell_loss(folder: RunFolder) -> str:
    """What goes with a run, in a few words: ``its curves and 3 checkpoints, 12 MB``."""
    count = len(list_checkpoints(folder.checkpoints))
    size = sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file())
    checkpoints = f" and {count} checkpoint{'' if count == 1 else 's'}" if count else ""
    return f"its curves{checkpoints}, {tell_bytes(size)}"
