"""Previews of series: what is forecast, over what really came.

Beside the payloads of ``builder/training/previews.py`` there is:

``forecast``
    ``name``: of the column; ``actual``: the series in the order of time, null where it is not known; ``forecasts``: a list
    of {"at", "predicted", "naive"}: the place in ``actual`` of the first value that is forecast, what the network says from
    there on, and what stood there a season before (empty where the past does not reach back so far); ``season``: in steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.training.answers import Facts, choose_field, restore_units, round_number
from builder.training.base import Preview
from builder.training.error_metrics import LONGEST_SEASON


class Forecast(Preview):
    """Forecasts over the series that really came, with what stood there one season before.

    Windows are taken one horizon apart, so that every step of the series is forecast once.

    Shapes:
        past: (B, length) or (B, length, columns). input and target: (B, horizon) or (B, horizon, columns).
    """

    kind = "Forecast"
    family = "Previews"
    synonyms = ("series", "time", "horizon", "predictions", "seasonal naive", "future")
    shown = ("season", "count")
    inputs = (
        Port("past", ranks=(2, 3), help="The windows of the series."),
        Port("input", ranks=(2, 3), help="The forecasts."),
        Port("target", ranks=(2, 3), help="What really came."),
    )

    class Params(Params):
        """How many windows are looked at, what is shown of them, and beside what."""

        count: int = Field(
            256, ge=1, le=256, description="How many windows are looked at: always the first of the validation part."
        )
        season: int = Field(
            1,
            ge=1,
            le=LONGEST_SEASON,
            description="After how many steps the series is alike: 52 for weeks of a year. What stood there then is drawn too.",
            json_schema_extra={"unit": "steps"},
        )
        series_field: str | None = Field(
            None, max_length=80, description="The field that is forecast; the first of windows unless told otherwise."
        )
        column: str | None = Field(
            None, max_length=80, description="The column that is drawn; the first one unless told otherwise."
        )

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``forecast``."""
        meaning = find_series(facts, params.series_field)
        columns = list(meaning.get("columns") or ())
        place = columns.index(params.column) if params.column in columns else 0
        past, predicted, target = (take_column(tensor, meaning, place) for tensor in inputs if tensor is not None)
        length, horizon = past.shape[1], predicted.shape[1]
        stride = (meaning.get("windows") or {}).get("stride", 1)
        chosen = range(0, min(len(past), params.count), max(1, -(-horizon // stride)))
        actual = join_windows(torch.cat([past, target], dim=1)[list(chosen)], [row * stride for row in chosen])
        return {
            "type": "forecast",
            "name": columns[place] if columns else meaning["name"],
            "actual": actual,
            "forecasts": [
                {
                    "at": row * stride + length,
                    "predicted": round_all(predicted[row]),
                    "naive": repeat_season(round_all(past[row]), params.season, horizon),
                }
                for row in chosen
            ],
            "season": params.season,
        }


def find_series(facts: Facts, name: str | None) -> dict[str, Any]:
    """The facts of the named field, else of the first one that windows forecast."""
    wanted = next(
        (field for field, known in facts.items() if field in known.get("windows", {}).get("targets", ())), None
    )
    return choose_field(facts, name or wanted)


def take_column(values: Tensor, facts: Mapping[str, Any], place: int) -> Tensor:
    """One column of windows (B, steps, columns) or (B, steps), in the units of the data: (B, steps)."""
    if values.dim() == 2:
        values = values.unsqueeze(-1)
    return restore_units(values, facts)[..., place].cpu()


def join_windows(windows: Tensor, starts: Sequence[int]) -> list[float | None]:
    """One series of windows (B, steps) that begin at these places; nothing where none of them reaches."""
    size = windows.shape[1]
    joined: list[float | None] = [None] * (starts[-1] + size)
    for window, start in zip(windows, starts, strict=True):
        joined[start : start + size] = round_all(window)
    return joined


def repeat_season(past: Sequence[float], season: int, horizon: int) -> list[float]:
    """The last season of the past, again and again over the horizon; nothing where the past is shorter than that."""
    if len(past) < season:
        return []
    return [past[len(past) - season + step % season] for step in range(horizon)]


def round_all(values: Tensor) -> list[float]:
    """Numbers with as many digits as anybody reads."""
    return [round_number(value) for value in values.tolist()]
