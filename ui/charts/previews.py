"""Figures of previews: what a payload of the training graph's preview nodes looks like as a plot.

Payloads are the closed set of ``builder/training/previews.py`` and ``builder/training/series_previews.py``. Grids of images
and tables are no plots: the live view draws them itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ui.charts.figures import Figure, build_axis, build_layout
from ui.charts.series_previews import build_forecast_figure
from ui.theme import CLASSES, INK, PAPER, QUIET, TRAIN

Payload = Mapping[str, Any]


def build_preview_figure(payload: Payload) -> Figure | None:
    """The figure of a payload; None where it is not drawn as a plot."""
    build = BUILDERS.get(payload.get("type", ""))
    return build(payload) if build else None


def build_scatter_figure(payload: Payload) -> Figure:
    """Predictions over truths, with the diagonal on which they agree."""
    truth, predicted = list(payload["truth"]), list(payload["predicted"])
    values = [value for value in (*truth, *predicted) if value is not None] or [0.0, 1.0]
    ends = [min(values), max(values)]
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": ends,
        "y": ends,
        "line": {"color": QUIET, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": truth,
        "y": predicted,
        "marker": {"color": TRAIN, "size": 6, "opacity": 0.7},
        "hovertemplate": "true %{x:.4~g}<br>predicted %{y:.4~g}<extra></extra>",
    }
    name = payload.get("name") or "value"
    layout = build_layout(build_axis(f"true {name}"), build_axis(f"predicted {name}"))
    return {"data": [diagonal, points], "layout": layout}


def build_surface_figure(payload: Payload) -> Figure:
    """Regions of a plane by what the network says there, strong where it is sure, with the samples in it."""
    classes = payload.get("classes")
    regions = build_regions(payload, classes) if classes else [build_heights(payload)]
    columns = payload.get("columns") or ("x1", "x2")
    layout = build_layout(build_axis(columns[0], showgrid=False), build_axis(columns[1], showgrid=False))
    return {"data": [*regions, build_points(payload, classes)], "layout": layout}


def build_regions(payload: Payload, classes: list[str]) -> list[dict[str, Any]]:
    """One layer a class, so that confidence can fade every class's own colour."""
    confidence = payload.get("confidence") or [[1.0] * len(row) for row in payload["z"]]
    base = {
        "type": "heatmap",
        "x": payload["x"],
        "y": payload["y"],
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
        "zsmooth": False,
    }
    layers = []
    for number, name in enumerate(classes):
        own = [
            [share if int(z) == number else None for z, share in zip(*rows, strict=True)]
            for rows in zip(payload["z"], confidence, strict=True)
        ]
        colours = [[0, fade(CLASSES[number % len(CLASSES)], 0.0)], [1, fade(CLASSES[number % len(CLASSES)], 0.6)]]
        hover = f"{name}: %{{z:.0%}} sure<extra></extra>"
        layers.append({**base, "z": own, "colorscale": colours, "hovertemplate": hover, "hoverongaps": False})
    return layers


def build_heights(payload: Payload) -> dict[str, Any]:
    """The network's number everywhere in the plane."""
    return {
        "type": "heatmap",
        "x": payload["x"],
        "y": payload["y"],
        "z": payload["z"],
        "colorscale": [[0, PAPER], [1, TRAIN]],
        "showscale": False,
        "hovertemplate": "%{z:.4~g}<extra></extra>",
    }


def build_points(payload: Payload, classes: list[str] | None) -> dict[str, Any]:
    """The samples, in the colours of their true classes."""
    points = payload["points"]
    truth = points["truth"]
    colours = [CLASSES[int(value) % len(CLASSES)] for value in truth] if classes else INK
    names = [classes[int(value)] if classes and 0 <= int(value) < len(classes) else f"{value:g}" for value in truth]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": points["x"],
        "y": points["y"],
        "text": names,
        "marker": {"color": colours, "size": 6, "line": {"color": PAPER, "width": 1}},
        "hovertemplate": "true: %{text}<extra></extra>",
    }


def fade(colour: str, opacity: float) -> str:
    """A ``#rrggbb`` colour with an opacity."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


BUILDERS: Final[Mapping[str, Callable[[Payload], Figure]]] = {
    "scatter": build_scatter_figure,
    "decision_surface": build_surface_figure,
    "forecast": build_forecast_figure,
}
