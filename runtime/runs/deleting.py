"""Deleting runs: they go to the trash, from where they come back with everything that they recorded."""

from __future__ import annotations

from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.control import WAITED
from runtime.runs.errors import RunBusy
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.queue import Queue, is_waiting
from runtime.runs.recovery import record_end
from runtime.trash import Entry, Trash, tell_bytes


def delete_run(run: str) -> Entry:
    """Move a run to the trash. One that waits leaves the queue by that.

    Raises:
        RunBusy: it is worked on.
        RunNotFound: there is no such run.
    """
    folder, queue = find_run(run), Queue()
    with queue.locked():
        is_queued = is_waiting(folder)  # False where the database is damaged: such a run goes all the same
        if folder.is_locked() or (is_queued and run in queue.devices.list_taken().values()):
            raise RunBusy(f'The run "{run}" is still being worked on.', "Stop it first.")
        if is_queued:
            record_end(folder, WAITED["stop"], ("queued",))
        return Trash().put("run", str(folder.read_meta()["name"]), [f"runs/{run}"])


def tell_loss(folder: RunFolder) -> str:
    """What goes with a run, in a few words: ``its curves and 3 checkpoints, 12 MB``."""
    count = len(list_checkpoints(folder.checkpoints))
    size = sum(file.stat().st_size for file in folder.path.rglob("*") if file.is_file())
    checkpoints = f" and {count} checkpoint{'' if count == 1 else 's'}" if count else ""
    return f"its curves{checkpoints}, {tell_bytes(size)}"
