from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest

from ui.charts.previews import build_preview_figure, fade

SURFACE: dict[str, Any] = {
    "type": "decision_surface",
    "x": [0.0, 1.0],
    "y": [0.0, 1.0],
    "z": [[0, 1], [1, 1]],
    "confidence": [[0.9, 0.6], [0.7, 1.0]],
    "points": {"x": [0.5, 0.1], "y": [0.5, 0.9], "truth": [1, 0]},
    "classes": ["left", "right"],
    "columns": ["width", "height"],
}
SCATTER: dict[str, Any] = {"type": "scatter", "truth": [1.0, 4.0], "predicted": [1.5, 3.0], "name": "price"}


def resolve(value: Any) -> Any:
    """What the browser does with the colours of the theme, so that Plotly's own validation can look at the figure."""
    if isinstance(value, str) and value.startswith("var(--st-"):
        return "#123456"
    if isinstance(value, list):
        return [resolve(item) for item in value]
    return {key: resolve(item) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("payload", [SURFACE, SCATTER, {**SURFACE, "classes": None, "confidence": None}])
def test_every_plot_is_a_figure_that_plotly_accepts(payload: dict[str, Any]) -> None:
    figure = build_preview_figure(payload)
    assert figure is not None
    assert len(go.Figure(resolve(figure)).data) >= 2


def test_the_diagonal_reaches_from_the_smallest_to_the_largest_value() -> None:
    figure = build_preview_figure(SCATTER)
    assert figure is not None
    assert figure["data"][0]["x"] == figure["data"][0]["y"] == [1.0, 4.0]
    assert figure["layout"]["xaxis"]["title"]["text"] == "true price"


def test_each_class_has_its_own_layer_faded_where_the_network_is_unsure() -> None:
    figure = build_preview_figure(SURFACE)
    assert figure is not None
    left, right, points = figure["data"]
    assert left["z"] == [[0.9, None], [None, None]]
    assert right["z"] == [[None, 0.6], [0.7, 1.0]]
    assert points["text"] == ["right", "left"]
    assert points["marker"]["color"][0] != points["marker"]["color"][1]


@pytest.mark.parametrize("kind", ["image_grid", "table", "from the future"])
def test_what_is_no_plot_has_no_figure(kind: str) -> None:
    assert build_preview_figure({"type": kind}) is None


def test_a_colour_is_faded() -> None:
    assert fade("#ff8000", 0.5) == "rgba(255,128,0,0.5)"
