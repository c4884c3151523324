"""All runs as one table, quick at hundreds: what was read of a run is kept until its files change."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd

from builder.document import KeepBest, Project
from runtime.recent import Recent, is_settled
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, find_run, list_folders
from runtime.runs.store import UNFINISHED, open_run, read_ended, read_latest
from runtime.runs.unrecorded import find_end, is_remembered

COLUMNS = (
    "id", "name", "project", "status", "reason", "created", "started", "ended", "seconds", "step", "steps", "epoch",
    "epochs", "best", "metric", "metrics", "parent", "group", "tags", "notes", "executor", "device", "folder",
)  # fmt: skip

MOST_KNOWN = 10_000
"""How many runs are remembered between two looks at the table."""

Stamp = tuple[int, ...]
_known: Recent[Path, tuple[Stamp, dict[str, Any]]] = Recent(MOST_KNOWN)


def list_runs(runs: Path | None = None) -> pd.DataFrame:
    """Every run, the newest first. A run whose worker is gone is shown as interrupted, whatever it could still record."""
    rows = [row for folder in list_folders(runs) if (row := read_row(folder)) is not None]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def read_row(folder: RunFolder) -> dict[str, Any] | None:
    """What the table says of one run; None where its folder has just gone."""
    stamp = read_stamp(folder)
    known = _known.find(folder.path)
    if known is not None and known[0] == stamp and not is_remembered(folder.path):
        row = dict(known[1])
    else:
        try:
            row = describe_run(folder)
        except (sqlite3.Error, OSError, ValueError):
            return None
        if is_settled(stamp[::2]):
            _known.keep(folder.path, (stamp, dict(row)))
    if row["status"] == "running" and not folder.is_locked():
        row["status"] = "interrupted"
    return row


def read_stamp(folder: RunFolder) -> Stamp:
    """When the files that the table is made of last changed."""
    stamp: list[int] = []
    for name in ("run.db", "run.db-wal", "meta.json", "environment.json"):
        try:
            found = (folder.path / name).stat()
        except FileNotFoundError:
            found = None
        # A reader leaves an empty write-ahead log behind, which says nothing of the run.
        stamp += [found.st_mtime_ns, found.st_size] if found is not None and found.st_size else [0, 0]
    return tuple(stamp)


def describe_run(folder: RunFolder) -> dict[str, Any]:
    """Read a run for the table."""
    meta = folder.read_meta()
    project, problem = read_project(folder)
    kept = project.run.keep_best
    with open_run(folder) as connection:
        latest, ended = read_latest(connection), read_ended(connection) or {}
        unrecorded = find_end(folder.path, connection) if not ended else None
        span = read_span(connection)
        best = read_best(connection, kept) if kept else None
        metrics = ended.get("metrics") or read_last_metrics(connection)
    progress = latest.get("progress") or {}
    return {
        "id": folder.id,
        "project": project.name,
        **{name: meta.get(name) for name in ("name", "parent", "group", "tags", "notes", "created")},
        "status": unrecorded.status if unrecorded else latest.get("status", "queued"),
        "reason": problem or (unrecorded.reason if unrecorded else ended.get("reason", "")),
        **span,
        **{name: progress.get(name) for name in ("seconds", "step", "steps", "epoch", "epochs")},
        "best": best,
        "metric": kept.metric if kept else None,
        "metrics": metrics,
        "executor": project.run.executor,
        "device": folder.read_environment().get("device"),
        "folder": str(folder.path),
    }


def read_project(folder: RunFolder) -> tuple[Project, str]:
    """What a run learns; where that cannot be opened, an empty project and the sentence that says why."""
    try:
        return folder.read_project(), ""
    except RunError as error:
        return Project(name=""), str(error)


def read_span(connection: sqlite3.Connection) -> dict[str, Any]:
    """When a run first began and last ended."""
    started = connection.execute("SELECT MIN(at) FROM statuses WHERE status = 'running'").fetchone()[0]
    at, status = connection.execute("SELECT at, status FROM statuses ORDER BY id DESC LIMIT 1").fetchone() or (None, "")
    return {"started": started, "ended": None if status in UNFINISHED else at}


def read_best(connection: sqlite3.Connection, kept: KeepBest) -> float | None:
    """The best value that the metric to be kept had on the validation part."""
    sql = (
        "SELECT MIN(value), MAX(value) FROM scalars "
        "WHERE series = (SELECT id FROM series WHERE split = 'validation' AND name = ?)"
    )
    low, high = connection.execute(sql, (kept.metric,)).fetchone()
    best = high if kept.mode == "max" else low
    return None if best is None else float(best)


def read_last_metrics(connection: sqlite3.Connection) -> dict[str, dict[str, float]]:
    """The last point of every curve, by split and name."""
    found: dict[str, dict[str, float]] = {}
    sql = (
        "SELECT split, name, (SELECT value FROM scalars WHERE series = series.id ORDER BY point DESC LIMIT 1) "
        "FROM series ORDER BY id"
    )
    for split, name, value in connection.execute(sql):
        found.setdefault(split, {})[name] = value
    return found


def rename_run(run: str, name: str, runs: Path | None = None) -> None:
    """Give a run another name. Raises RunNotFound."""
    find_run(run, runs).write_meta(name=name.strip()[:200] or run)


def tag_run(run: str, tags: list[str], runs: Path | None = None) -> None:
    """Replace the tags of a run. Raises RunNotFound."""
    find_run(run, runs).write_meta(tags=sorted({tag.strip()[:60] for tag in tags if tag.strip()}))


def write_notes(run: str, notes: str, runs: Path | None = None) -> None:
    """Replace the notes on a run. Raises RunNotFound."""
    find_run(run, runs).write_meta(notes=notes[:20_000])
