"""Runs that belong together: the same with other seeds, or with other folds of the data. What they measured, as one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.folding import find_fold
from runtime.runs.intervals import find_interval

FINISHED = "finished"
JUDGED = ("test", "validation")
"""Parts of the data whose numbers are told of runs together: what they were trained on says little."""


@dataclass(frozen=True)
class Summary:
    """One number of several runs: their mean, and half its 95% t-interval (NaN for fewer than two)."""

    split: str
    name: str
    values: tuple[float, ...]
    mean: float
    half: float


@dataclass(frozen=True)
class Group:
    """Runs that belong together.

    Attributes:
        kind: what differs between them.
        runs: their ids, the first one first.
        finished: how many have finished; only those are measured together.
        numbers: what all finished ones measured.
    """

    id: str
    name: str
    kind: Literal["folds", "seeds"]
    runs: tuple[str, ...]
    finished: int
    numbers: tuple[Summary, ...]


def list_groups(runs: pd.DataFrame) -> list[Group]:
    """The groups among the runs of ``list_runs``, the newest first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in runs.to_dict("records"):
        if isinstance(row["group"], str):
            found.setdefault(row["group"], []).append(row)
    return [build_group(id, rows[::-1]) for id, rows in found.items() if len(rows) > 1]


def build_group(id: str, rows: Sequence[dict[str, Any]]) -> Group:
    """Runs of one group, the first one first."""
    done = [row["metrics"] or {} for row in rows if row["status"] == FINISHED]
    kind: Literal["folds", "seeds"] = "folds" if is_folded(Path(rows[0]["folder"])) else "seeds"
    name = str(rows[0]["name"]).rpartition(" (")[0] or str(rows[0]["name"])
    return Group(id, name, kind, tuple(row["id"] for row in rows), len(done), tuple(summarise(done)))


@lru_cache(1024)
def is_folded(folder: Path) -> bool:
    """Whether a run was validated on a fold; read once, since that never changes."""
    try:
        return find_fold(RunFolder(folder).read_project()) is not None
    except RunError:
        return False


def find_group(group: str, runs: pd.DataFrame) -> Group | None:
    """One of the groups by its id."""
    return next((found for found in list_groups(runs[runs["group"] == group]) if found.id == group), None)


def summarise(results: Sequence[dict[str, dict[str, float]]]) -> list[Summary]:
    """The mean and the interval of every number that all of these runs measured."""
    found = []
    for split in JUDGED:
        shared = [name for name in (results[0].get(split, {}) if results else {}) if is_shared(results, split, name)]
        for name in shared:
            values = tuple(float(result[split][name]) for result in results)
            found.append(Summary(split, name, values, *find_interval(values)))
    return found


def is_shared(results: Sequence[dict[str, dict[str, float]]], split: str, name: str) -> bool:
    """Whether each of these runs has a finite number of that name."""
    values = [result.get(split, {}).get(name) for result in results]
    return all(value is not None and math.isfinite(value) for value in values)
