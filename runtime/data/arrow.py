"""From Arrow to a table: nothing is read before it is asked for, and pictures stay encoded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.data.derived import derive, split_name
from runtime.data.tables import Array, ArrowBacked, Column, ImageColumn, Table, is_number_type, is_picture_type

NUM_JUDGED = 100_000
"""Texts by which it is judged whether most come more than once."""


def read_arrow(
    table: pa.Table, features: Any = None, folder: Path | None = None, notices: tuple[str, ...] = ()
) -> Table:
    """Turn an Arrow table into ours.

    ``features`` are those of ``datasets``, which name the values of classes; ``folder`` is where pictures may lie that the
    table only names.
    """
    table = open_records(table)
    classes = {name: tuple(feature.names) for name, feature in (features or {}).items() if hasattr(feature, "names")}
    target = next((name for name in ("label", "labels", "target", "fine_label") if name in classes), None)
    return Table(
        ArrowColumns(table, folder),
        {name: names for name, names in classes.items() if names},
        target or next(iter(classes), None),
        notices,
    )


def open_records(table: pa.Table) -> pa.Table:
    """The table with a column for each field of a column of records: ``translation.en``. Pictures stay whole."""
    names, columns = [], []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if not pa.types.is_struct(column.type) or is_picture_type(column.type) or not column.type.num_fields:
            names.append(name)
            columns.append(column)
            continue
        names += [f"{name}.{field.name}" for field in column.type]
        columns += column.flatten()
    return pa.table(columns, names=names) if names != table.column_names else table


class ArrowColumns(ArrowBacked):
    """The columns of an Arrow table, each made when it is first asked for.

    Beside the columns that it lists it knows those that can be made of them, such as the month of a date.
    """

    def __init__(self, arrow: pa.Table, folder: Path | None = None) -> None:
        """Take a table; ``folder`` is where pictures may lie that it only names."""
        self.arrow = arrow
        self._places = {name: place for place, name in enumerate(arrow.column_names)}
        self._folder = folder
        self._made: dict[str, Column] = {}
        self._lock = Lock()

    def __getitem__(self, name: str) -> Column:
        with self._lock:
            if name not in self._made:
                self._made[name] = self._make(name)
            return self._made[name]

    def _make(self, name: str) -> Column:
        if name in self._places:
            return read_column(self.find(name), self._folder)
        found = split_name(name, self._places)
        if found is None:
            raise KeyError(name)
        return derive(self.find(found[0]), *found)

    def find(self, name: str) -> pa.ChunkedArray:
        """A column as it lies there. Raises KeyError for a name that is not listed."""
        return self.arrow.column(self._places[name])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._places or split_name(name, self._places) is not None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def read_column(column: pa.ChunkedArray, folder: Path | None = None) -> Column:
    """Pictures as they are, numbers and dates as arrays, and the rest as arrays of objects."""
    kind = column.type
    if is_picture_type(kind):
        return ImageColumn(column, folder)
    if is_number_type(kind):
        return np.asarray(column.to_numpy())
    if pa.types.is_decimal(kind):
        return np.asarray(pc.cast(column, pa.float64()).to_numpy())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return np.asarray(column.to_numpy()).astype("datetime64[us]")
    return share_texts(column) if pa.types.is_string(kind) else as_objects(column.to_pylist())


def share_texts(column: pa.ChunkedArray) -> Array:
    """Texts as objects, of which equal ones are one object where most come more than once."""
    head = column.slice(0, NUM_JUDGED)
    if 2 * pc.count_distinct(head).as_py() > len(head):
        return as_objects(column.to_pylist())
    texts = np.empty(len(column), dtype=object)
    start = 0
    for chunk in column.dictionary_encode().iterchunks():
        words = as_objects([*chunk.dictionary.to_pylist(), None])
        texts[start : start + len(chunk)] = words[chunk.indices.fill_null(len(words) - 1).to_numpy()]
        start += len(chunk)
    return texts


def as_objects(values: list[Any]) -> Array:
    """An array of one axis, also where the values are lists of equal length."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
