"""Where each curve, table and preview of a run stands, read from its database by whoever goes on writing."""

from __future__ import annotations

import math
import sqlite3
from typing import Any

from runtime.runs.pyramid import GROWTH, OpenBucket, PyramidBuilder, bucket_size


class Series:
    """One curve as its writer knows it: where it stands, and its pyramid."""

    def __init__(self, id: int, last_step: int, pyramid: PyramidBuilder) -> None:
        self.id = id
        self.last_step = last_step
        self.pyramid = pyramid


def read_number(connection: sqlite3.Connection, sql: str, row: tuple[Any, ...] = ()) -> int:
    """Read one number, 0 where there is none."""
    return int((connection.execute(sql, row).fetchone() or (0,))[0] or 0)


def load_series(connection: sqlite3.Connection) -> dict[tuple[str, str], Series]:
    """Find out where each curve stands."""
    rows = connection.execute("SELECT id, split, name FROM series ORDER BY id").fetchall()
    return {(split, name): load_one_series(connection, id) for id, split, name in rows}


def load_one_series(connection: sqlite3.Connection, id: int) -> Series:
    """Read the end of a curve and the buckets that were open when the last writer left."""
    last = connection.execute(
        "SELECT point, step FROM scalars WHERE series = ? ORDER BY point DESC LIMIT 1", (id,)
    ).fetchone()
    if last is None:
        return Series(id, -1, PyramidBuilder())
    pyramid = PyramidBuilder()
    pyramid.num_points = last[0] + 1
    level = 1
    while bucket_size(level) // GROWTH <= pyramid.num_points or level == 1:
        pyramid.levels.append(load_open_bucket(connection, id, level, pyramid.num_points))
        level += 1
    return Series(id, last[1], pyramid)


def load_open_bucket(connection: sqlite3.Connection, series: int, level: int, num_points: int) -> OpenBucket:
    """Build the unfinished bucket of a level again, from the full ones below it."""
    first = num_points // bucket_size(level)
    if level == 1:
        sql = "SELECT point, value, point, value FROM scalars WHERE series = ? AND point >= ? ORDER BY point"
        rows = connection.execute(sql, (series, first * bucket_size(1))).fetchall()
    else:
        sql = (
            "SELECT p.low, a.value, p.high, b.value FROM pyramid p "
            "JOIN scalars a ON a.series = p.series AND a.point = p.low "
            "JOIN scalars b ON b.series = p.series AND b.point = p.high "
            "WHERE p.series = ? AND p.level = ? AND p.bucket >= ? ORDER BY p.bucket"
        )
        rows = connection.execute(sql, (series, level - 1, first * GROWTH)).fetchall()
    bucket = OpenBucket()
    for low, low_value, high, high_value in rows:
        lowest, highest = (
            (math.inf if low_value is None else low_value),
            (-math.inf if high_value is None else high_value),
        )
        bucket.add(low, lowest, high, highest, bucket_size(level - 1))
    return bucket


def load_last_steps(connection: sqlite3.Connection) -> dict[tuple[str, str, str], int]:
    """Find out which steps of tables, samples and looks are recorded."""
    tables = connection.execute("SELECT 'tables', split, node, MAX(step) FROM tables GROUP BY split, node").fetchall()
    samples = connection.execute("SELECT 'samples', '', node, MAX(step) FROM samples GROUP BY node").fetchall()
    looks = connection.execute("SELECT 'looks', '', '', MAX(step) FROM looks HAVING MAX(step) IS NOT NULL").fetchall()
    return {(table, split, node): step for table, split, node, step in tables + samples + looks}
