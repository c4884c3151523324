"""What a screen asks of runs that it shows beside each other: the curves of one part of the data, and nothing else."""

from __future__ import annotations

import sqlite3
from typing import Any

from runtime.runs.errors import RunError
from runtime.runs.feed import is_cared_for, open_folder
from runtime.runs.folder import RunFolder
from runtime.runs.recovery import recover_run
from runtime.runs.seeds import read_bands
from runtime.runs.store import POINTS_A_REFRESH, UNFINISHED, Cursor, new_points, open_run, read_ends, read_latest
from runtime.runs.unrecorded import find_end

MOST = 20
"""How many runs are compared at once: as many as have lines that can be told apart."""


def curves_since(run: str, split: str, cursor: str = "", points: int = POINTS_A_REFRESH) -> dict[str, Any]:
    """What the curves of one part of the data gained since the cursor. A run that was cut is found out here.

    Returns:
        ``cursor``, ``status``, ``progress``, ``series`` and ``measured``: the names of all curves by part of the data.

    Raises:
        RunError: There is no such run, or its database cannot be read.
    """
    folder = open_folder(run)
    try:
        news = read_curves(folder, split, cursor, points)
        if news["status"] == "running" and not is_cared_for(folder) and recover_run(folder):
            news = read_curves(folder, split, cursor, points)
    except sqlite3.Error as error:
        raise RunError(f'What the run "{folder.id}" recorded cannot be read: {error}.') from error
    return news


def read_curves(folder: RunFolder, split: str, cursor: str, points: int) -> dict[str, Any]:
    """Read them as they are at one moment."""
    with open_run(folder) as connection:
        latest, ends = read_latest(connection), read_ends(connection)
        measured: dict[str, list[str]] = {}
        wanted = {}
        for id, part, name in connection.execute("SELECT id, split, name FROM series ORDER BY id"):
            measured.setdefault(part, []).append(name)
            if part == split:
                wanted[id] = ends[id]
        status = str(latest.get("status", "queued"))
        ended = find_end(folder.path, connection) if status in UNFINISHED else None
        return {
            "cursor": str(Cursor(tuple(wanted.values()))),
            "status": ended.status if ended else status,
            "progress": latest.get("progress"),
            "measured": measured,
            "series": new_points(connection, wanted, Cursor.parse(cursor), points),
        }


def bands_of(runs: list[str], split: str, points: int = POINTS_A_REFRESH) -> dict[str, Any]:
    """``bands``: mean and interval of every curve that these runs share. Raises RunError."""
    folders = [open_folder(run) for run in runs]
    try:
        return {"bands": read_bands(folders, split, points)}
    except sqlite3.Error as error:
        raise RunError(f"What these runs recorded cannot be read: {error}.") from error
