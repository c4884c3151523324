"""The same curve of several runs that differ only in their seed, as one: its mean and how far that can be trusted."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from runtime.runs.folder import RunFolder
from runtime.runs.intervals import find_interval
from runtime.runs.store import Point, open_run, shorten

FEWEST_STEPS, MOST_STEPS = 8, 200


@dataclass(frozen=True)
class Curve:
    """One run's curve, to be asked for single points of it."""

    connection: sqlite3.Connection
    series: int
    count: int

    def read(self, numbers: Sequence[int]) -> dict[int, Point]:
        """The points of these numbers."""
        sql = (
            "SELECT point, step, epoch, seconds, value FROM scalars "
            "WHERE series = ? AND point IN (SELECT value FROM json_each(?))"
        )
        return {row[0]: row[1:] for row in self.connection.execute(sql, (self.series, json.dumps(list(numbers))))}

    def find(self, step: int, near: int) -> Point | None:
        """The point of a step; None where the curve has none there. Runs alike have it under the same number."""
        point = self.read([near]).get(near)
        if point is not None and point[0] == step:
            return point
        low, high = 0, self.count - 1
        while low <= high:
            middle = (low + high) // 2
            point = self.read([middle])[middle]
            if point[0] == step:
                return point
            low, high = (middle + 1, high) if point[0] < step else (low, middle - 1)
        return None


def read_bands(folders: Sequence[RunFolder], split: str, points: int) -> list[dict[str, Any]]:
    """For every curve that two of these runs or more have: its mean at the steps that all of those have, and an interval.

    Args:
        folders: runs that differ only in their seed.
        split: the part of the data: ``train``, ``validation`` or ``test``.
        points: about how many steps are told, of all curves together.

    Returns:
        ``name``, ``runs`` (how many have the curve), ``steps``, ``epochs``, ``seconds`` (the runs' mean), ``means`` and
        ``halves``: half the width of the 95% t-interval of the mean. Where one of the runs has no finite number there is none.
    """
    with ExitStack() as stack:
        connections = [stack.enter_context(open_run(folder)) for folder in folders]
        curves: dict[str, list[Curve]] = {}
        for connection in connections:
            for name, curve in list_curves(connection, split):
                curves.setdefault(name, []).append(curve)
        shared = {name: own for name, own in curves.items() if len(own) > 1}
        steps = min(MOST_STEPS, max(FEWEST_STEPS, points // max(1, len(shared))))
        return [build_band(name, own, steps) for name, own in shared.items()]


def list_curves(connection: sqlite3.Connection, split: str) -> list[tuple[str, Curve]]:
    """The curves of a run that have begun."""
    sql = "SELECT id, name, (SELECT MAX(point) + 1 FROM scalars WHERE series = series.id) FROM series WHERE split = ? ORDER BY id"
    return [(name, Curve(connection, id, count)) for id, name, count in connection.execute(sql, (split,)) if count]


def build_band(name: str, curves: Sequence[Curve], steps: int) -> dict[str, Any]:
    """Mean and interval of one curve at up to so many of the steps that all runs have."""
    shortest = min(curves, key=lambda curve: curve.count)
    found = shortest.read(spread(shortest.count, steps))
    rows = [[curve.find(point[0], number) for curve in curves] for number, point in sorted(found.items())]
    common = [points for row in rows if len(points := [point for point in row if point]) == len(curves)]
    numbers = [summarise(points) for points in common]
    return {
        "name": name,
        "runs": len(curves),
        "steps": [points[0][0] for points in common],
        "epochs": [shorten(points[0][1]) for points in common],
        "seconds": [shorten(math.fsum(point[2] for point in points) / len(points)) for points in common],
        "means": [shorten(mean) for mean, _ in numbers],
        "halves": [shorten(half) for _, half in numbers],
    }


def spread(count: int, wanted: int) -> list[int]:
    """Up to so many numbers of points, evenly chosen, both ends among them."""
    if count <= wanted:
        return list(range(count))
    return sorted({round(place * (count - 1) / (wanted - 1)) for place in range(wanted)})


def summarise(points: Sequence[Point]) -> tuple[float, float]:
    """Mean and half the interval; NaN where a run has no finite number."""
    values = [math.nan if point[3] is None else point[3] for point in points]
    return find_interval(values) if all(map(math.isfinite, values)) else (math.nan, math.nan)
