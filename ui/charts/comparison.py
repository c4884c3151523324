"""Lines of runs beside each other: each told from every other by dash and mark alone, and by colour besides."""

from __future__ import annotations

from typing import Any, Final

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import CLASSES

DASHES: Final = ("solid", "dash", "dot", "dashdot")
SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")
"""Their number and that of dashes have no common divisor, so that 28 places have a pair of their own."""
MOST_MARKS: Final = 8
"""How many marks a line bears: enough to tell it, and none that hides it."""


def choose_colour(place: int) -> str:
    """The colour of the run at a place of a comparison."""
    return CLASSES[place % len(CLASSES)]


def build_run_line(place: int, name: str) -> dict[str, Any]:
    """The line of the run at a place, without points."""
    colour = choose_colour(place)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "line": {"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
        "marker": {"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 7, "maxdisplayed": MOST_MARKS},
        "hovertemplate": "%{y:.4~g}",
    }


def build_band(place: int, name: str) -> list[dict[str, Any]]:
    """The line of a mean over seeds between the two ends of its interval: lower end, upper end with the area, mean."""
    line = build_run_line(place, name)
    edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": name}
    upper = {**edge, "fill": "tonexty", "fillcolor": fade(choose_colour(place))}
    return [edge, upper, {**line, "hovertemplate": "%{y:.4~g} ± %{customdata:.2~g}"}]


def fade(colour: str) -> str:
    """A colour through which the lines behind it are seen."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def build_comparison_figure() -> Figure:
    """The empty figure of one number of all runs."""
    layout = build_layout(build_axis("step"), build_axis(), hovermode="x unified")
    return {"data": [], "layout": {**layout, "hoverlabel": {"namelength": 40}}}
