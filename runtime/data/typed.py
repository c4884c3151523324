"""Columns of values that have types already, as JSON and spreadsheets give them."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

LARGEST = 2**63
"""Whole numbers beyond it are kept as other numbers."""


def build_chunk(columns: Mapping[str, Sequence[Any]]) -> dict[str, pa.Array]:
    """Columns of Arrow from lists of values."""
    return {name: build_column(values) for name, values in columns.items()}


def build_column(values: Sequence[Any]) -> pa.Array:
    """A column of one type that holds all values: where they are of several kinds, it is text."""
    kinds = {find_kind(value) for value in values if value is not None}
    kinds = {"number"} if kinds == {"whole", "number"} else kinds
    kind = kinds.pop() if len(kinds) == 1 else "text" if kinds else "nothing"
    if kind == "number":
        return pa.array([None if v is None or not math.isfinite(v) else float(v) for v in values], pa.float64())
    if kind == "numbers":
        return pa.array(values, pa.list_(pa.float64()))
    plain = {"nothing": pa.null(), "whole": pa.int64(), "truth": pa.bool_(), "date": pa.timestamp("us")}
    return pa.array(values, plain[kind]) if kind in plain else pa.array(list(map(write_value, values)), pa.string())


def find_kind(value: Any) -> str:
    """What a value is."""
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int):
        return "whole" if -LARGEST <= value < LARGEST else "number"
    if isinstance(value, float):
        return "number"
    if isinstance(value, datetime.date):  # a moment is one, too
        return "date"
    if isinstance(value, list) and value and all(type(item) in (int, float) for item in value):
        return "numbers"
    return "text"


def write_value(value: Any) -> str | None:
    """A value as text: of lists and objects their JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
