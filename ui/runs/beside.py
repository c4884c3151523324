"""Numbers of a run beside those of others, as a small table: which is best in each column stands out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from builder.document import Project
from ui.charts.curves import Goal, build_panels

Key = tuple[str, str]
"""A part of the data, and what was measured on it."""
PARTS = ("test", "validation", "train")


@dataclass(frozen=True)
class Line:
    """One row: who, their numbers, and a sentence about them."""

    title: str
    values: Mapping[Key, float]
    about: str = ""


def list_columns(metrics: Sequence[Mapping[str, Mapping[str, float]]]) -> list[Key]:
    """What was measured, the test part first."""
    found = {(part, name): None for part in PARTS for own in metrics for name in own.get(part, {})}
    return list(found)


def flatten(metrics: Mapping[str, Mapping[str, float]]) -> dict[Key, float]:
    """Numbers by part and name."""
    return {(part, name): value for part, own in metrics.items() for name, value in own.items() if value is not None}


def find_goals(project: Project) -> dict[str, Goal]:
    """Which end of each number of a project is good."""
    return {panel.name: panel.goal for panel in build_panels(project)}


def find_titles(project: Project) -> dict[str, str]:
    """What people call each number of a project."""
    return {panel.name: panel.title for panel in build_panels(project)}


def write_table(
    lines: Sequence[Line], columns: Sequence[Key], goals: Mapping[str, Goal], titles: Mapping[str, str]
) -> str:
    """The table as HTML."""
    best = {key: find_best(lines, key, goals.get(key[1], "min")) for key in columns}
    head = "".join(f"<th>{escape(titles.get(name, name))}<small>{escape(part)}</small></th>" for part, name in columns)
    rows = "".join(write_line(line, columns, best) for line in lines)
    return f'<table class="ll-beside"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>'


def find_best(lines: Sequence[Line], key: Key, goal: Goal) -> float | None:
    """The best value of a column; None where there is nothing to choose from."""
    values = [line.values[key] for line in lines if math.isfinite(line.values.get(key, math.nan))]
    if len(values) < 2 or goal == "none":
        return None
    return max(values) if goal == "max" else min(values)


def write_line(line: Line, columns: Sequence[Key], best: Mapping[Key, float | None]) -> str:
    """One row of the table, with its sentence below the name."""
    cells = "".join(write_cell(line.values.get(key), best[key]) for key in columns)
    about = f"<small>{escape(line.about)}</small>" if line.about else ""
    return f"<tr><th>{escape(line.title)}{about}</th>{cells}</tr>"


def write_cell(value: float | None, best: float | None) -> str:
    """A number; the best of its column stands out."""
    text = "" if value is None or not math.isfinite(value) else f"{value:.4g}"
    return f"<td><b>{text}</b></td>" if text and value == best else f"<td>{text}</td>"
