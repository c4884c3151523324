from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from tests.ui.charts.test_previews import resolve
from ui.charts.previews import build_preview_figure

PAYLOAD: dict[str, Any] = {
    "type": "forecast",
    "name": "tide",
    "actual": [1.0, 2.0, 3.0, 4.0, None],
    "forecasts": [
        {"at": 2, "predicted": [3.5, 4.5], "naive": [1.0, 2.0]},
        {"at": 4, "predicted": [5.0, 6.0], "naive": [3.0, 4.0]},
    ],
    "season": 2,
}


def test_a_forecast_lies_over_the_series_and_breaks_where_the_next_begins() -> None:
    figure = build_preview_figure(PAYLOAD)
    assert figure is not None
    drawn = go.Figure(resolve(figure)).to_dict()["data"]
    assert [trace["name"] for trace in drawn] == ["actual", "a season before", "forecast"]
    assert list(drawn[0]["x"]) == [-2, -1, 0, 1, 2]
    assert list(drawn[2]["x"]) == [0, 1, None, 2, 3, None]
    assert list(drawn[2]["y"]) == [3.5, 4.5, None, 5.0, 6.0, None]


def test_forecasts_of_one_step_are_one_line_and_a_past_that_is_too_short_has_no_naive_one() -> None:
    one = {"predicted": [3.0], "naive": []}
    payload = {**PAYLOAD, "forecasts": [{"at": at, **one} for at in (2, 3)], "season": 1}
    figure = build_preview_figure(payload)
    assert figure is not None
    assert [trace["name"] for trace in figure["data"]] == ["actual", "forecast"]
    assert figure["data"][1]["x"] == [0, 1]
