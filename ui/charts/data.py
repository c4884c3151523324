"""Figures of a data set: how many samples of each class, and how numbers are spread."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import CLASSES

PARTS = {"train": CLASSES[0], "validation": CLASSES[1], "test": CLASSES[4]}
"""Colours that stand on light and dark alike, so that the figure needs no theme."""

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}

MOST_NAMED = 30
"""With more classes their names would overlap; hovering still tells them."""


def build_balance_figure(counts: pd.DataFrame) -> Figure:
    """Bars of samples by class, the parts stacked.

    Args:
        counts: ``class``, ``part``, ``samples``.
    """
    traces = []
    for part, rows in counts.groupby("part", sort=False):
        traces.append(
            {
                "type": "bar",
                "name": part,
                "x": rows["class"].tolist(),
                "y": rows["samples"].tolist(),
                "marker": {"color": PARTS.get(str(part), CLASSES[8])},
                "hovertemplate": "%{x}: %{y} samples for " + str(part) + "<extra></extra>",
            }
        )
    x = build_axis(type="category", showticklabels=counts["class"].nunique() <= MOST_NAMED)
    layout = build_layout(x, build_axis(), barmode="stack", bargap=0.25)
    return {"data": traces, "layout": {**layout, **build_legend(len(traces))}}


def build_legend(num_traces: int) -> dict[str, object]:
    """A legend above the figure, where there is more than one trace to tell apart."""
    return {"showlegend": num_traces > 1, "legend": LEGEND}


def build_histogram_figure(counts: pd.DataFrame, title: str) -> Figure:
    """Bars of samples by value.

    Args:
        counts: ``low``, ``high``, ``samples`` of each bar.
        title: what is counted.
    """
    trace = {
        "type": "bar",
        "x": ((counts["low"] + counts["high"]) / 2).tolist(),
        "y": counts["samples"].tolist(),
        "width": (counts["high"] - counts["low"]).tolist(),
        "customdata": counts[["low", "high"]].to_numpy().tolist(),
        "marker": {"color": PARTS["train"]},
        "hovertemplate": "%{customdata[0]:.4g} to %{customdata[1]:.4g}: %{y} samples<extra></extra>",
    }
    return {"data": [trace], "layout": build_layout(build_axis(title), build_axis(), bargap=0.05)}


def build_values_figure(values: Sequence[str], counts: Sequence[int], axis: str = "category") -> Figure:
    """Bars of rows by value, or by the ``date`` on which each begins."""
    trace = {
        "type": "bar",
        "x": list(values),
        "y": list(counts),
        "marker": {"color": PARTS["train"]},
        "hovertemplate": "%{x}: %{y} rows<extra></extra>",
    }
    return {"data": [trace], "layout": build_layout(build_axis(type=axis), build_axis(), bargap=0.15)}
