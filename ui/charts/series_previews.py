"""Figures of previews of series, as ``builder/training/series_previews.py`` describes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ui.charts.figures import Figure, build_axis, build_layout
from ui.theme import INK, QUIET, VALIDATION

Payload = Mapping[str, Any]


def build_forecast_figure(payload: Payload) -> Figure:
    """The series that really came, what stood there a season before, and the forecasts over both."""
    start = min((each["at"] for each in payload["forecasts"]), default=0)
    actual = list(payload["actual"])
    shown = {"name": "actual", "x": [step - start for step in range(len(actual))], "y": actual}
    name = payload.get("name") or "value"
    traces = [build_line(shown, INK, 1.5)]
    for key, title, colour, dash in (
        ("naive", name_naive(payload), QUIET, "dot"),
        ("predicted", "forecast", VALIDATION, "solid"),
    ):
        points = list(list_points(payload["forecasts"], key, start))
        if points:
            x, y = zip(*points, strict=True)
            traces.append(build_line({"name": title, "x": list(x), "y": list(y)}, colour, 2, dash))
    legend = {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"}
    layout = build_layout(build_axis("steps from the first forecast"), build_axis(name), showlegend=True, legend=legend)
    return {"data": traces, "layout": layout}


def name_naive(payload: Payload) -> str:
    """What the naive forecast says."""
    return "the last value" if payload["season"] == 1 else "a season before"


def build_line(values: dict[str, Any], colour: str, width: float, dash: str = "solid") -> dict[str, Any]:
    """A line over steps."""
    hover = f"{values['name']} %{{y:.5~g}}<extra></extra>"
    line = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", **values, "line": line, "hovertemplate": hover}


def list_points(
    forecasts: Sequence[Mapping[str, Any]], key: str, start: int
) -> Iterator[tuple[int | None, float | None]]:
    """The points of all forecasts; between those of several steps the line breaks."""
    for each in forecasts:
        yield from ((each["at"] - start + step, value) for step, value in enumerate(each[key]))
        if len(each[key]) > 1:
            yield None, None
