"""What a source looks like in numbers: for the page, and for whoever wants to know before training."""

from __future__ import annotations

import numpy as np
import pandas as pd

from runtime.data.fields import Field, find_missing, read_column
from runtime.data.prepare import PreparedSource
from runtime.data.tables import ImageColumn, Table

HISTOGRAM_BINS = 30


def count_parts(prepared: PreparedSource) -> pd.DataFrame:
    """How many samples every part has: ``part``, ``samples``, ``share``."""
    counts = prepared.facts.counts
    frame = pd.DataFrame({"part": list(counts), "samples": list(counts.values())})
    return frame.assign(share=frame["samples"] / max(int(frame["samples"].sum()), 1))


def count_classes(prepared: PreparedSource, field: str) -> pd.DataFrame:
    """How often every class occurs in every part: ``class``, ``part``, ``samples``; 0 where it does not occur."""
    classes = prepared.facts.fields[field].classes or ()
    frames = []
    for part, fields in prepared.parts.items():
        numbers = fields[field].long().flatten()
        counts = numbers[numbers < len(classes)].bincount(minlength=len(classes))
        frames.append(pd.DataFrame({"class": classes, "part": part, "samples": counts.tolist()}))
    return pd.concat(frames, ignore_index=True)


def describe_columns(prepared: PreparedSource) -> pd.DataFrame:
    """Statistics of every column that a field of numbers uses, over the raw values of the training part.

    Columns: ``field``, ``column``, ``missing`` (cells of the origin's whole training table), ``minimum``, ``mean``,
    ``maximum``, ``deviation``, ``distinct``.
    """
    own, rows = prepared.rows["train"]
    table = prepared.tables[own]
    found = [
        describe_column(field, column, table, rows.numpy())
        for field in prepared.fields
        if field.meaning.kind in ("vector", "number")
        for column in field.columns
    ]
    names = ["field", "column", "missing", "minimum", "mean", "maximum", "deviation", "distinct"]
    return pd.DataFrame(found, columns=names)


def describe_column(
    field: Field, column: str, table: Table, rows: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[object]:
    """One line of ``describe_columns``."""
    values = table.columns[column]
    if isinstance(values, ImageColumn):
        raise TypeError("pictures have no such statistics")
    numbers = read_column(values[rows], field).ravel()
    numbers = numbers[np.isfinite(numbers)]
    statistics = [numbers.min(), numbers.mean(), numbers.max(), numbers.std()] if len(numbers) else [np.nan] * 4
    missing = int(find_missing(values, field).sum())
    return [field.name, column, missing, *map(float, statistics), len(np.unique(numbers))]


def count_values(prepared: PreparedSource, field: str, column: int) -> pd.DataFrame:
    """A histogram of one prepared number over the training part: ``low``, ``high``, ``samples``."""
    numbers = prepared.parts["train"][field][..., column].double().flatten().numpy()
    counts, edges = np.histogram(numbers, bins=HISTOGRAM_BINS)
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], "samples": counts})


def spread_samples(prepared: PreparedSource, part: str, count: int) -> list[int]:
    """Samples at equal distances: the first ones alone would be of one class where a data set is sorted."""
    size = prepared.facts.counts.get(part, 0)
    return sorted({index * size // count for index in range(count)}) if size > count else list(range(size))


def list_samples(prepared: PreparedSource, part: str, count: int) -> pd.DataFrame:
    """Raw samples from all over a part as a table; pictures are left out, and what has steps is a list a cell."""
    records = []
    for index in spread_samples(prepared, part, count):
        record: dict[str, object] = {}
        for name, value in prepared.raw(part, index).items():
            record.update(value if isinstance(value, dict) else list_steps(name, value))
        records.append(record)
    return pd.DataFrame(records)


def list_steps(name: str, value: object) -> dict[str, object]:
    """Cells of one field: a value, words in a row, or a list of numbers for each column of a series."""
    if isinstance(value, str | float):
        return {name: value}
    if not isinstance(value, list) or not value:
        return {}
    if isinstance(value[0], dict):
        return {column: [step[column] for step in value] for column in value[0]}
    return {name: " ".join(value) if isinstance(value[0], str) else value}
