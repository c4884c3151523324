"""What the screen asks of a run over HTTP, without HTTP: what is new, and to be steered."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from runtime.runs import supervisor
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.queue import Place
from runtime.runs.recovery import recover_run
from runtime.runs.store import read_status, since
from runtime.runs.turns import Turn, find_turn, list_turns


def events_since(run: str | Path, cursor: str | None = None) -> dict[str, Any]:
    """What happened in a run since the cursor, of bounded size. A run that was cut is found out here.

    Raises:
        RunError: There is no such run, or its database cannot be read.
    """
    folder = open_folder(run)
    try:
        news = since(folder, cursor or "")
        if news["status"] == "running" and not is_cared_for(folder) and recover_run(folder):
            news = since(folder, cursor or "")
        if news["status"] == "queued":
            news |= tell_wait(folder)
    except sqlite3.Error as error:
        raise RunError(f'What the run "{folder.id}" recorded cannot be read: {error}.') from error
    return news


def is_cared_for(folder: RunFolder) -> bool:
    """Whether a run is trained by this server, or has a worker."""
    return folder.id in supervisor.active() or folder.is_locked()


def tell_wait(folder: RunFolder) -> dict[str, Any]:
    """What a queued run waits for: its turn, or, once it has its device, its worker's first word."""
    turn = None if folder.is_locked() else find_turn(supervisor.open_supervisor().queue, folder.id)
    if turn is None:
        return {"phase": "starting", "detail": tell_start(folder)}
    return {"phase": "waiting", "detail": str(turn), "place": turn.place}


def tell_start(folder: RunFolder) -> str:
    """What a run waits for between the wish to train it and its worker's first word."""
    is_inside = folder.read_project().run.executor == "thread"
    return "inside the server" if is_inside else "loading PyTorch in a process of its own"


def tell_status(folder: RunFolder) -> str:
    """The status of a run as the screen tells it: one that nobody looks after is interrupted, whatever is recorded."""
    status = read_status(folder)
    return "interrupted" if status == "running" and not is_cared_for(folder) else status


def control(run: str | Path, action: str) -> None:
    """Pause, stop or resume a run. Raises RunError where that makes no sense now."""
    folder = open_folder(run)
    actions = {"pause": supervisor.pause, "stop": supervisor.stop, "resume": supervisor.resume}
    if action not in actions:
        raise RunError(f'A run can be told to pause, stop or resume, not to "{action[:40]}".')
    actions[action](folder.id)


def move(run: str, to: Place) -> None:
    """Give a waiting run another place in the queue. Raises RunError."""
    supervisor.move(find_run(run).id, to)


def list_waiting() -> list[tuple[RunFolder, Turn]]:
    """Every run that waits, in their order, with its turn."""
    return list_turns(supervisor.open_supervisor().queue)


def open_folder(run: str | Path) -> RunFolder:
    """A run by its id or by its folder. Raises RunNotFound."""
    return find_run(run.name, run.parent) if isinstance(run, Path) else find_run(run)
