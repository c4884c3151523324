"""The order of the table's rows. The server sorts: if the browser does, a click on a heading is taken for one on a row too."""

from __future__ import annotations

import math
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

MEASURED: Final = {"Duration": "seconds", "Epochs": "epoch", "Created": "created"}
"""Columns that are shown in words, and the numbers that they are sorted by."""
FALLING_FIRST: Final = ("Created",)
"""Columns of which people want the largest first."""
SORTED: Final = "sorted_runs"


@dataclass(frozen=True)
class Order:
    """A column, and whether its largest come first."""

    column: str
    is_down: bool

    @property
    def arrow(self) -> str:
        """What stands beside the heading."""
        return "↓" if self.is_down else "↑"


def read_order(state: MutableMapping[Any, Any]) -> Order | None:
    """The order that was asked for; None is the newest first."""
    order = state.get(SORTED)
    return order if isinstance(order, Order) else None


def turn_order(state: MutableMapping[Any, Any], column: str) -> None:
    """A click on a heading: by that column, then the other way round, then as it was."""
    before, falls = read_order(state), column in FALLING_FIRST
    if before is None or before.column != column:
        state[SORTED] = Order(column, falls)
    elif before.is_down == falls:
        state[SORTED] = Order(column, not falls)
    else:
        state.pop(SORTED)


def sort_places(runs: pd.DataFrame, table: pd.DataFrame, order: Order) -> list[int]:
    """The places of rows in their order: numbers by size, words by letters, what is empty last both ways.

    Rows that are equal keep the order that they are given in.
    """
    if order.column not in table.columns:
        return list(range(len(table)))
    values = runs[MEASURED[order.column]] if order.column in MEASURED else table[order.column]
    keys = [as_key(value) for value in values]
    known = [place for place, key in enumerate(keys) if key is not None]
    known.sort(key=lambda place: keys[place] or (0.0, ""), reverse=order.is_down)
    return known + [place for place, key in enumerate(keys) if key is None]


def as_key(value: Any) -> tuple[float, str] | None:
    """What a value is sorted by; None where there is nothing. Of a curve it is where it ends."""
    if isinstance(value, list):
        value = value[-1] if value and isinstance(value[-1], float) else ", ".join(map(str, value))
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    return (float(value), "") if isinstance(value, (int, float)) else (0.0, str(value).casefold())
