"""Curves of several runs in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import CLASSES


@dataclass(frozen=True)
class RunCurve:
    """One run's curve of a number: where it was measured and what it was."""

    run: str
    steps: Sequence[int]
    values: Sequence[float | None]


def build_comparison_figure(curves: Sequence[RunCurve | None]) -> Figure:
    """A line for each run that has the curve. A run has the same colour in every figure of one comparison."""
    lines = [build_line(curve, choose_colour(place)) for place, curve in enumerate(curves) if curve]
    return {"data": lines, "layout": build_layout(build_axis("step"), build_axis(), hovermode="x unified")}


def choose_colour(place: int) -> str:
    """The colour of the run at a place of a comparison."""
    return CLASSES[place % len(CLASSES)]


def build_line(curve: RunCurve, colour: str) -> dict[str, Any]:
    """One run's line; a single point would not be seen as one."""
    return {
        "type": "scatter",
        "mode": "lines" if len(curve.steps) > 1 else "markers",
        "name": curve.run,
        "x": list(curve.steps),
        "y": list(curve.values),
        "line": {"color": colour, "width": 2},
        "hovertemplate": "%{y:.4~g}",
    }
