"""The number that a run is judged by, in a table and beside other runs: which it is, its curve and its best value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from builder.loading import LoadError, load_project
from runtime.recent import Recent, is_settled
from runtime.runs.folder import RunFolder
from runtime.runs.listing import MOST_KNOWN, read_stamp
from runtime.runs.store import open_run
from ui.charts.curves import Goal, build_panels

SPARKS = 40
"""How many points a sparkline is drawn from."""
CURVE = (
    "SELECT value FROM scalars WHERE series = (SELECT id FROM series WHERE name = ? "
    "ORDER BY split = 'validation' DESC, split = 'train' DESC LIMIT 1) ORDER BY point"
)


@dataclass(frozen=True)
class Measure:
    """A number by its name, which end of it is good, a few points of its curve, and its best value."""

    name: str
    goal: Goal = "min"
    points: tuple[float, ...] = ()
    best: float | None = None


_measures: Recent[Path, tuple[tuple[int, ...], Measure]] = Recent(MOST_KNOWN)


def measure(folder: RunFolder, kept: str | None, metrics: Mapping[str, Mapping[str, Any]]) -> Measure:
    """The number that a run is judged by: the metric whose best weights it keeps, else its first loss or metric.

    Where rivals train there may be none that is better lower or higher; then it has no best value.

    Its curve and its best value are those of the validation part where that was measured.
    """
    stamp = read_stamp(folder)
    known = _measures.find(folder.path)
    if known is not None and known[0] == stamp:
        return known[1]
    goals = read_goals(folder.path / "project.json")
    measured = {name for values in metrics.values() for name in values}
    name = kept or min((name for name in goals if name in measured), key=lambda name: goals[name] == "none", default="")
    goal = goals.get(name, "min")
    found = read_measure(folder, name, "min" if kept and goal == "none" else goal)
    if is_settled(stamp[::2]):
        _measures.keep(folder.path, (stamp, found))
    return found


@lru_cache(1024)
def read_goals(file: Path) -> dict[str, Goal]:
    """Which end is good of every number that a run measures. A run's project never changes, so it is read once."""
    try:
        project = load_project(file.read_bytes())
    except (OSError, LoadError):
        return {}
    return {panel.name: panel.goal for panel in build_panels(project)}


def read_measure(folder: RunFolder, name: str, goal: Goal) -> Measure:
    """Read the curve of a number; empty where it cannot be read."""
    try:
        with open_run(folder) as connection:
            rows = connection.execute(CURVE, (name,)).fetchall()
    except Exception:
        return Measure(name, goal)
    finite = [float(value) for (value,) in rows if value is not None and math.isfinite(value)]
    best = None if goal == "none" else (min if goal == "min" else max)(finite, default=None)
    return Measure(name, goal, tuple(thin(finite)), best)


def thin(values: list[float]) -> list[float]:
    """At most so many values, evenly chosen, the last among them."""
    if len(values) <= SPARKS:
        return values
    return [values[round(place * (len(values) - 1) / (SPARKS - 1))] for place in range(SPARKS)]
