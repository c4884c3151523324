"""A forecast is drawn over the series that its windows were cut from."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from builder.training.series_previews import Forecast

MEAN, DEVIATION = 10.0, 2.0


def cut(series: torch.Tensor, length: int, horizon: int, stride: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows of a series and what follows each, scaled."""
    windows = ((series - MEAN) / DEVIATION).unfold(0, length + horizon, stride).unsqueeze(-1)
    return windows[:, :length], windows[:, length:]


def describe(stride: int = 1, **known: Any) -> dict[str, Any]:
    windows = {"length": 6, "horizon": 3, "stride": stride, "targets": ("level",)}
    level = {"kind": "vector", "columns": ("tide",), "mean": (MEAN,), "deviation": (DEVIATION,), "windows": windows}
    return {"day": {"kind": "vector", "windows": windows}, "level": {**level, **known}}


@pytest.mark.parametrize("stride", [1, 3, 4])
def test_forecasts_lie_where_their_truth_stands_in_the_series(stride: int) -> None:
    series = torch.arange(40.0)
    past, target = cut(series, 6, 3, stride)
    payload = Forecast.payload(Forecast.Params(), describe(stride), past, target, target)
    assert payload["type"] == "forecast" and payload["name"] == "tide"
    known = {place: value for place, value in enumerate(payload["actual"]) if value is not None}
    assert all(value == place for place, value in known.items())
    assert [each["at"] for each in payload["forecasts"]] == list(range(6, 38, max(3, stride)))[
        : len(payload["forecasts"])
    ]
    for each in payload["forecasts"]:
        assert each["predicted"] == payload["actual"][each["at"] : each["at"] + 3]
    json.dumps(payload, allow_nan=False)


def test_the_naive_forecast_repeats_the_last_season_of_the_past_and_of_nothing_later() -> None:
    past, target = cut(torch.arange(40.0), 6, 3)
    shown = {
        season: Forecast.payload(Forecast.Params(season=season), describe(), past, target, target)["forecasts"][1]
        for season in (1, 2, 6, 7)
    }
    assert shown[1]["at"] == 9
    assert shown[1]["naive"] == [8, 8, 8]
    assert shown[2]["naive"] == [7, 8, 7]
    assert shown[6]["naive"] == [3, 4, 5]
    assert shown[7]["naive"] == []


def test_one_column_of_several_is_drawn_and_a_network_may_answer_without_an_axis_for_it() -> None:
    past, target = cut(torch.arange(40.0), 6, 3)
    both = torch.cat([past, past * 0], dim=-1), torch.cat([target, target * 0], dim=-1)
    facts = describe(columns=("tide", "still"), mean=(MEAN, 5.0), deviation=(DEVIATION, 1.0))
    payload = Forecast.payload(Forecast.Params(column="still"), facts, *both, both[1])
    assert payload["name"] == "still" and set(payload["actual"]) == {5.0}
    plain = Forecast.payload(Forecast.Params(), describe(), past, target.squeeze(-1), target)
    assert plain == Forecast.payload(Forecast.Params(), describe(), past, target, target)
