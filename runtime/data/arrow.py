"""From Arrow to a table: pictures stay encoded and memory-mapped, everything else becomes arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from runtime.data.tables import Array, Column, ImageColumn, Table


def read_arrow(table: pa.Table, features: Any = None, folder: Path | None = None) -> Table:
    """Turn an Arrow table into ours.

    ``features`` are those of ``datasets``, which name the values of classes; ``folder`` is where pictures may lie that the
    table only names.
    """
    classes = {name: tuple(feature.names) for name, feature in (features or {}).items() if hasattr(feature, "names")}
    columns = {name: read_column(table.column(name), folder) for name in table.column_names}
    target = next((name for name in ("label", "labels", "target", "fine_label") if name in classes), None)
    return Table(
        columns, {name: names for name, names in classes.items() if names}, target or next(iter(classes), None)
    )


def read_column(column: pa.ChunkedArray, folder: Path | None = None) -> Column:
    """Pictures as they are, numbers as arrays, and the rest as arrays of objects."""
    if is_picture(column.type):
        return ImageColumn(column, folder)
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.to_numpy())
    return as_objects(column.to_pylist())


def is_picture(kind: pa.DataType) -> bool:
    """Whether a column holds encoded pictures, the way ``datasets`` stores them."""
    return pa.types.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}


def as_objects(values: list[Any]) -> Array:
    """An array of one axis, also where the values are lists of equal length."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
