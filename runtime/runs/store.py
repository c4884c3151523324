"""What is read from a run: tables as pandas DataFrames, and what is new since a reader last looked."""

from __future__ import annotations

import gzip
import json
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.doctor_rows import read_diagnoses
from runtime.runs.folder import RunFolder
from runtime.runs.look_rows import list_looks, read_look, read_newest
from runtime.runs.pyramid import choose_level, cover_range
from runtime.runs.schema import open_for_reading
from runtime.runs.unrecorded import find_end

POINTS_A_REFRESH = 2_800
FEWEST_BUCKETS = 8
SIGNIFICANT_DIGITS = 7
UNFINISHED = ("queued", "running")
OLDEST, NUMBERS = 3, 5
"""How many numbers a cursor has beside the points: those of the first version, and those of this one."""

Point = tuple[int, float, float, float | None]


@dataclass(frozen=True)
class Cursor:
    """How far somebody has read: points of each curve, tables, samples, notices, looks and what the doctor found."""

    points: tuple[int, ...] = ()
    tables: int = 0
    samples: int = 0
    notices: int = 0
    looks: int = 0
    diagnoses: int = 0

    def __str__(self) -> str:
        numbers = (self.tables, self.samples, self.notices, self.looks, self.diagnoses)
        return "~".join([".".join(map(str, self.points)), *map(str, numbers)])

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor as it was handed out, or as an earlier version did; anything else starts from the beginning."""
        try:
            points, *others = text[:10_000].split("~")
            numbers = [max(0, int(other)) for other in others]
            if not OLDEST <= len(numbers) <= NUMBERS:
                return cls()
            return cls(tuple(max(0, int(point)) for point in points.split(".") if point), *numbers)
        except ValueError:
            return cls()


@contextmanager
def open_run(run: RunFolder) -> Iterator[sqlite3.Connection]:
    """Look at a run as it is at one moment. The writer is not held up, and does not hold up."""
    connection = open_for_reading(run.database)
    try:
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def read_table(run: RunFolder, sql: str) -> pd.DataFrame:
    """Read rows as a DataFrame."""
    with open_run(run) as connection:
        cursor = connection.execute(sql)
        return pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description])


def scalars(run: RunFolder) -> pd.DataFrame:
    """Every point of every curve: split, name, step, epoch, seconds, value."""
    frame = read_table(
        run,
        "SELECT split, name, step, epoch, seconds, value FROM scalars JOIN series ON series.id = series "
        "ORDER BY series, point",
    )
    return frame.astype({"value": float})


def tables(run: RunFolder) -> pd.DataFrame:
    """Metrics that are not one number: step, split, node, value."""
    frame = read_table(run, "SELECT step, split, node, value FROM tables ORDER BY id")
    return frame.assign(value=[json.loads(value) for value in frame["value"]])


def samples(run: RunFolder) -> pd.DataFrame:
    """Which samples there are, without what they show: id, step, node."""
    return read_table(run, "SELECT id, step, node FROM samples ORDER BY id")


def statuses(run: RunFolder) -> pd.DataFrame:
    """What became of the run and when: at, status, reason, advice, metrics."""
    frame = read_table(run, "SELECT at, status, reason, advice, metrics FROM statuses ORDER BY id")
    return frame.assign(metrics=[json.loads(value) for value in frame["metrics"]])


def phases(run: RunFolder) -> pd.DataFrame:
    """What the run was busy with and since when: at, name, detail."""
    return read_table(run, "SELECT at, name, detail FROM phases ORDER BY id")


def notices(run: RunFolder) -> list[str]:
    """Sentences that people must see beside the run."""
    return list(read_table(run, "SELECT text FROM notices ORDER BY id")["text"])


def sample(run: RunFolder, id: int) -> dict[str, Any] | None:
    """What one sample shows; None where there is no such sample."""
    with open_run(run) as connection:
        row = connection.execute("SELECT payload, file FROM samples WHERE id = ?", (id,)).fetchone()
    return None if row is None else load_payload(run, *row)


def read_status(run: RunFolder) -> str:
    """The status that was recorded last."""
    with open_run(run) as connection:
        status = str(read_latest(connection).get("status", "queued"))
        ended = find_end(run.path, connection) if status in UNFINISHED else None
        return ended.status if ended else status


def since(run: RunFolder, cursor: str = "", points: int = POINTS_A_REFRESH) -> dict[str, Any]:
    """Everything that is new to a reader, in a size that does not grow with the run: about so many ``points`` of all curves.

    Long stretches of a curve come as the lowest and highest point of each piece, so every extremum is there. Of samples
    and tables that came in between only the newest of each node is sent; ``samples`` and ``tables`` hold all.
    """
    seen = Cursor.parse(cursor)
    with open_run(run) as connection:
        latest = read_latest(connection)
        ends = read_ends(connection)
        last_look, look = read_newest(connection, seen.looks)
        last_change, changed = read_diagnoses(connection, seen.diagnoses)
        answer = {
            "status": latest.get("status", "queued"),
            "phase": latest.get("phase", ""),
            "detail": latest.get("detail", ""),
            "progress": latest.get("progress"),
            "series": new_points(connection, ends, seen, points),
            "tables": new_tables(connection, seen.tables),
            "samples": new_samples(connection, run, seen.samples),
            "checkpoints": list_checkpoints(run.checkpoints),
            "look": look,
            "diagnoses": changed,
            "notices": [
                text
                for (text,) in connection.execute("SELECT text FROM notices WHERE id > ? ORDER BY id", (seen.notices,))
            ],
            "ended": read_ended(connection),
        }
        if answer["status"] in UNFINISHED and (ended := find_end(run.path, connection)) is not None:
            answer |= {"status": ended.status, "ended": asdict(ended)}
        last = [number or 0 for number in connection.execute(LAST_NUMBERS).fetchone()]
        last += [last_look, last_change]
    return {"cursor": str(Cursor(tuple(ends.values()), *last)), **answer}


LAST_NUMBERS = "SELECT (SELECT MAX(id) FROM tables), (SELECT MAX(id) FROM samples), (SELECT MAX(id) FROM notices)"


def diagnoses(run: RunFolder) -> list[dict[str, Any]]:
    """What the run's doctor found: key, first_step, last_step, is_open, finding."""
    with open_run(run) as connection:
        return read_diagnoses(connection)[1]


def looks(run: RunFolder) -> list[int]:
    """The steps whose looks were kept."""
    with open_run(run) as connection:
        return [look.step for look in list_looks(connection)]


def look(run: RunFolder, step: int) -> dict[str, Any] | None:
    """What the networks looked like in a step, histograms included; None where there is no such look."""
    with open_run(run) as connection:
        return read_look(connection, step)


def read_latest(connection: sqlite3.Connection) -> dict[str, Any]:
    """Read what only its last value is kept of: status, phase, progress."""
    return {name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM latest")}


def read_ends(connection: sqlite3.Connection) -> dict[int, int]:
    """How many points each curve has, by its number."""
    sql = "SELECT id, (SELECT MAX(point) + 1 FROM scalars WHERE series = id) FROM series ORDER BY id"
    return {id: count or 0 for id, count in connection.execute(sql)}


def new_points(
    connection: sqlite3.Connection, ends: dict[int, int], seen: Cursor, points: int = POINTS_A_REFRESH
) -> list[dict[str, Any]]:
    """What each curve gained, thinned where it is long, so that all of them have about so many points together."""
    starts = dict(zip(ends, seen.points, strict=False))
    grown = {id: (starts.get(id, 0), end) for id, end in ends.items() if end > starts.get(id, 0)}
    budget = max(FEWEST_BUCKETS, points // (2 * max(1, len(grown))))
    names = {id: (split, name) for id, split, name in connection.execute("SELECT id, split, name FROM series")}
    return [as_columns(*names[id], read_points(connection, id, *span, budget)) for id, span in grown.items()]


def read_points(connection: sqlite3.Connection, series: int, first: int, last: int, budget: int) -> list[Point]:
    """Read a stretch of a curve: all of it if it is short, else lowest and highest points, and always both ends."""
    level = 0 if last - first <= 2 * budget else max(1, choose_level(last - first, budget))
    wanted: set[int] = {first, last - 1}
    points: dict[int, Point] = {}
    for piece, start, stop in cover_range(first, last, level):
        if piece == 0:
            points |= read_between(connection, series, start, stop)
            continue
        rows = connection.execute(
            "SELECT low, high FROM pyramid WHERE series = ? AND level = ? AND bucket >= ? AND bucket < ?",
            (series, piece, start, stop),
        )
        wanted.update(point for row in rows for point in row)
    for point in wanted - points.keys():
        points |= read_between(connection, series, point, point + 1)
    return [points[point] for point in sorted(points)]


def read_between(connection: sqlite3.Connection, series: int, first: int, last: int) -> dict[int, Point]:
    """Read points one by one, by their numbers."""
    sql = "SELECT point, step, epoch, seconds, value FROM scalars WHERE series = ? AND point >= ? AND point < ?"
    return {row[0]: row[1:] for row in connection.execute(sql, (series, first, last))}


def as_columns(split: str, name: str, points: list[Point]) -> dict[str, Any]:
    """The points of a curve as the chart takes them."""
    steps, epochs, seconds, values = zip(*points, strict=True)
    return {
        "split": split,
        "name": name,
        "steps": list(steps),
        "epochs": [shorten(epoch) for epoch in epochs],
        "seconds": [shorten(second) for second in seconds],
        "values": [shorten(value) for value in values],
    }


def shorten(value: float | None) -> float | None:
    """A number as the screen needs it; None for what cannot be drawn."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def new_tables(connection: sqlite3.Connection, seen: int) -> list[dict[str, Any]]:
    """The newest of each table that changed."""
    sql = "SELECT MAX(id), step, split, node, value FROM tables WHERE id > ? GROUP BY split, node ORDER BY id"
    return [
        {"step": step, "split": split, "node": node, "value": json.loads(value)}
        for _, step, split, node, value in connection.execute(sql, (seen,))
    ]


def new_samples(connection: sqlite3.Connection, run: RunFolder, seen: int) -> list[dict[str, Any]]:
    """The newest sample of each node that has a new one."""
    sql = "SELECT MAX(id), node, step, payload, file FROM samples WHERE id > ? GROUP BY node ORDER BY id"
    rows = connection.execute(sql, (seen,)).fetchall()
    found = [(node, step, load_payload(run, payload, file)) for _, node, step, payload, file in rows]
    return [{"node": node, "step": step, "payload": payload} for node, step, payload in found if payload is not None]


def load_payload(run: RunFolder, payload: str | None, file: str | None) -> dict[str, Any] | None:
    """Read what a sample shows, from its row or from its file."""
    try:
        text = payload if file is None else gzip.decompress((run.samples / file).read_bytes()).decode()
        return dict(json.loads(text or "{}"))
    except (OSError, ValueError, EOFError):
        return None


def read_ended(connection: sqlite3.Connection) -> dict[str, Any] | None:
    """How the run ended; None while it has not."""
    sql = "SELECT status, reason, advice, metrics FROM statuses ORDER BY id DESC LIMIT 1"
    row = connection.execute(sql).fetchone()
    if row is None or row[0] in UNFINISHED:
        return None
    return {"status": row[0], "reason": row[1], "advice": row[2], "metrics": json.loads(row[3])}
