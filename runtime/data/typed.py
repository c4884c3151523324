"""Columns of values that have types already, as JSON and spreadsheets give them."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

LISTS = {
    "numbers": pa.list_(pa.float64()),
    "words": pa.list_(pa.string()),
    "steps": pa.list_(pa.list_(pa.float64())),
}
"""Cells that hold several values, as Arrow types them."""
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
    if kind in LISTS:
        return pa.array(values, LISTS[kind])
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
    return find_list_kind(value) if isinstance(value, list) and value else "text"


def find_list_kind(items: list[Any]) -> str:
    """What a list holds: numbers, words, or a list of numbers for each step; text where it is nothing of that."""
    if all(type(item) in (int, float) for item in items):
        return "numbers"
    if all(isinstance(item, str) for item in items):
        return "words"
    is_steps = all(isinstance(item, list) and item and find_list_kind(item) == "numbers" for item in items)
    return "steps" if is_steps else "text"


def write_value(value: Any) -> str | None:
    """A value as text: of lists and objects their JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
