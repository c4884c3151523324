"""The map of a space that a network makes pictures of: where samples lie in it, in the colours of their classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import CLASSES, INK, PAPER, TRAIN

LEGEND: Final = {
    "orientation": "h",
    "x": 0,
    "y": 1.02,
    "yanchor": "bottom",
    "itemsizing": "constant",
    "font": {"size": 11},
}
MOST_NAMED: Final = 20
"""Of more classes the colours repeat so often that a legend says nothing."""

Point = Sequence[float]


def build_latent_map(
    points: Sequence[Point], labels: Sequence[int], classes: Sequence[str], titles: Sequence[str]
) -> Figure:
    """Points along two axes.

    Args:
        points: two coordinates of each sample.
        labels: the class of each; nothing where the data has none.
        classes: their names.
        titles: of the two axes.
    """
    order: list[int | None] = [*sorted(set(labels))] or [None]
    groups = [build_group(points, labels, number, classes) for number in order]
    is_named = 1 < len(order) <= MOST_NAMED
    options = {"dragmode": False, "hovermode": "closest", "showlegend": is_named, "legend": LEGEND}
    layout = build_layout(build_axis(titles[0]), build_axis(titles[1]), **options)
    if is_named:
        layout["margin"] = {**layout["margin"], "t": 36}
    return {"data": [*groups, build_way(), build_place()], "layout": layout}


def build_sample_map(
    points: Sequence[Point], labels: Sequence[int], classes: Sequence[str], shares: Sequence[float]
) -> Figure:
    """Samples along the two directions in which they differ most, in the colours of their classes.

    Args:
        points: two coordinates of each sample.
        labels: the class of each.
        classes: their names.
        shares: the part of the variance that lies along each direction.
    """
    order = sorted(set(labels))
    is_named = len(order) <= MOST_NAMED
    titles = [f"direction {number} ({share:.0%})" for number, share in enumerate(shares, start=1)]
    options = {"hovermode": "closest", "showlegend": is_named, "legend": LEGEND}
    layout = build_layout(build_axis(titles[0]), build_axis(titles[1]), **options)
    if is_named:
        layout["margin"] = {**layout["margin"], "t": 36}
    return {"data": [build_group(points, labels, number, classes) for number in order], "layout": layout}


def build_group(
    points: Sequence[Point], labels: Sequence[int], number: int | None, classes: Sequence[str]
) -> dict[str, Any]:
    """The samples of one class; all where there are no classes."""
    own = [point for place, point in enumerate(points) if number is None or labels[place] == number]
    name = "" if number is None else classes[number]
    colour = TRAIN if number is None else CLASSES[number % len(CLASSES)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [point[0] for point in own],
        "y": [point[1] for point in own],
        "marker": {"color": colour, "size": 5, "opacity": 0.7},
        "hoverinfo": "name" if name else "skip",
    }


def build_way() -> dict[str, Any]:
    """The way between two samples, which the page fills."""
    return {
        "type": "scatter",
        "mode": "lines+markers+text",
        "meta": {"mark": "way"},
        "x": [],
        "y": [],
        "text": ["A", "B"],
        "textposition": "top center",
        "textfont": {"color": INK, "size": 12},
        "line": {"color": INK, "width": 1, "dash": "dot"},
        "marker": {"color": PAPER, "size": 8, "line": {"color": INK, "width": 1.5}},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def build_place() -> dict[str, Any]:
    """The point that is shown, which the page fills."""
    return {
        "type": "scatter",
        "mode": "markers",
        "meta": {"mark": "here"},
        "x": [],
        "y": [],
        "marker": {"symbol": "circle-open", "color": INK, "size": 14, "line": {"width": 2.5}},
        "hoverinfo": "skip",
        "showlegend": False,
    }
