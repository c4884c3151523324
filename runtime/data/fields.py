"""From columns of a table to the tensors of a field, and what is fitted on the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from builder.document import FieldMeaning, Origin
from builder.parts.preparation import IGNORED, fit_image, open_image, read_mask
from runtime.data.errors import DataError
from runtime.data.tables import Array, Column, ImageColumn, Table

Tables = dict[str, Table]
PICTURES = ("image", "mask")
"""Kinds of fields that are made of pictures."""
Step = Callable[[int], None]


@dataclass(frozen=True)
class Field:
    """A field and the columns that it is made of."""

    name: str
    meaning: FieldMeaning
    columns: tuple[str, ...]


def find_fields(fields: dict[str, FieldMeaning], origin: Origin, table: Table) -> list[Field]:
    """Find every field's columns: those the origin maps, else the column of that name, else all numbers left over.

    Raises:
        DataError: a field has no column, or a column does not exist or holds something else.
    """
    claimed = {column for mapped in origin.columns.values() for column in as_tuple(mapped)}
    claimed |= {name for name in fields if name not in origin.columns}
    found = []
    for name, meaning in fields.items():
        field = Field(name, meaning, _find_columns(name, meaning, origin, table, claimed))
        _check_columns(field, table)
        found.append(field)
    return found


def as_tuple(columns: str | tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a mapping, of which one alone may stand without a list."""
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _find_columns(name: str, meaning: FieldMeaning, origin: Origin, table: Table, claimed: set[str]) -> tuple[str, ...]:
    columns = as_tuple(origin.columns.get(name, name))
    if name not in origin.columns and name not in table.columns and meaning.kind == "vector":
        columns = tuple(column for column in table.columns if table.is_numeric(column) and column not in claimed)
    absent = [column for column in columns if column not in table.columns]
    if absent or not columns:
        missing = f'the column "{absent[0]}"' if absent else "columns of numbers"
        raise DataError(f'The field "{name}" needs {missing}. {origin.name} has {_list_columns(table)}.')
    return columns


def _list_columns(table: Table) -> str:
    names = list(table.columns)
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def _check_columns(field: Field, table: Table) -> None:
    kind, columns = field.meaning.kind, field.columns
    if kind != "vector" and len(columns) != 1:
        raise DataError(f'The field "{field.name}" holds one {kind} and takes one column, not {len(columns)}.')
    for column in columns:
        if (kind in PICTURES) != table.is_image(column):
            what = "no pictures" if kind in PICTURES else f"pictures, not a {kind}"
            raise DataError(f'The field "{field.name}" is of the kind {kind}, but the column "{column}" holds {what}.')
        if kind == "mask" and not table.is_mask(column):
            reason = f'The field "{field.name}" holds masks, but of the pictures in "{column}" no classes are known.'
            raise DataError(reason, "Use a folder of pictures and one of masks, or make it a field of pictures.")


def find_complete(fields: list[Field], table: Table) -> Array:
    """True for every row in which no field misses a value.

    Raises:
        DataError: a column of numbers holds text.
    """
    complete = np.ones(len(table), dtype=bool)
    for field in fields:
        for column in field.columns:
            complete &= ~find_missing(table.columns[column], field)
    return complete


def find_missing(values: Column, field: Field) -> Array:
    """True for every cell without a value; numbers that are not finite count as missing."""
    if isinstance(values, ImageColumn):
        return values.find_missing()
    if values.ndim >= 3:
        return np.zeros(len(values), dtype=bool)
    if field.meaning.kind in ("category", "text", "sequence"):
        return np.array([is_missing(value) for value in values.tolist()], dtype=bool)
    numbers = ~np.isfinite(read_column(values, field))
    return np.asarray(numbers.any(axis=1) if numbers.ndim > 1 else numbers)


def is_missing(value: Any) -> bool:
    """Whether a cell is empty."""
    if isinstance(value, str | list | tuple):
        return not (value.strip() if isinstance(value, str) else value)
    return bool(pd.isna(value))


def read_column(values: Array, field: Field) -> Array:
    """A column as float64: (rows), or (rows, numbers) where every cell holds a list of numbers."""
    try:
        if values.dtype == object and len(values) and isinstance(values[0], list | tuple | np.ndarray):
            return np.array(values.tolist(), dtype=np.float64)
        return np.asarray(values).astype(np.float64)
    except (TypeError, ValueError) as error:
        bad = next((value for value in values.tolist() if not _is_number(value)), None)
        raise DataError(
            f'The field "{field.name}" needs numbers, but a row holds {str(bad)[:60]!r}. '
            f"Make it a category, or correct the file."
        ) from error


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return value is None
    return True


def read_numbers(field: Field, table: Table, rows: Array) -> Array:
    """The numbers of a vector or number field: float64 (rows, columns)."""
    columns = [read_column(np.asarray(table.columns[column])[rows], field) for column in field.columns]
    return np.concatenate([column.reshape(len(rows), -1) for column in columns], axis=1)


def find_classes(field: Field, tables: Tables) -> tuple[str, ...]:
    """Names of a category in the order of their numbers: the data set's own, else sorted as numbers or as text.

    Names are taken from all parts: which categories exist is a definition, not a statistic.
    """
    column = field.columns[0]
    named = next((table.classes[column] for table in tables.values() if column in table.classes), None)
    if named:
        return named
    values = {value for table in tables.values() for value in np.asarray(table.columns[column]).tolist()}
    names = {name_value(value) for value in values if not is_missing(value)}
    if len(names) > 10_000:
        reason = f'The field "{field.name}" would have {len(names):,} categories.'
        raise DataError(reason, f'Is "{column}" a number or a text?')
    return tuple(sorted(names, key=_order_name))


def _order_name(name: str) -> tuple[bool, float, str]:
    try:
        number = float(name)
    except ValueError:
        number = math.nan
    return (True, 0.0, name) if math.isnan(number) else (False, number, name)


def name_value(value: Any) -> str:
    """The name of a category by its value: 3.0 and 3 are the same one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_classes(field: Field, table: Table, rows: Array, classes: tuple[str, ...]) -> Array:
    """Number of the category in every row."""
    column = field.columns[0]
    values = np.asarray(table.columns[column])[rows]
    if column in table.classes and table.classes[column] == classes:
        return values.astype(np.int64)
    numbers = {name: number for number, name in enumerate(classes)}
    own = table.classes.get(column)
    names = (own[int(value)] if own else name_value(value) for value in values.tolist())
    return np.fromiter((numbers[name] for name in names), dtype=np.int64, count=len(rows))


def read_images(field: Field, table: Table, rows: Array, shape: tuple[int, int, int], step: Step) -> Tensor:
    """Decode pictures into bytes (rows, C, H, W)."""
    channels, height, width = shape
    pixels = np.empty((len(rows), height * width * channels), dtype=np.uint8)
    is_numbered = len(table.classes.get(field.columns[0], ())) > 2 or field.columns[0] in table.ignored
    for index, sample in enumerate(read_samples(table.columns[field.columns[0]], rows)):
        try:
            image = fit_image(open_image(brighten(sample) if is_numbered else sample), channels, field.meaning.size)
        except ValueError as error:
            raise DataError(f'Row {rows[index] + 1} of "{field.columns[0]}": {error}') from error
        if image.size != (width, height):
            raise DataError(
                f'The field "{field.name}": picture {rows[index] + 1} has {image.size[0]}×{image.size[1]} pixels, '
                f"the first one {width}×{height}. Give the field a size, so that all become equal."
            )
        pixels[index] = np.frombuffer(image.tobytes(), dtype=np.uint8)
        if index % 500 == 0:
            step(index)
    return torch.from_numpy(pixels).reshape(len(rows), height, width, channels).permute(0, 3, 1, 2)


def brighten(mask: Array) -> Array:
    """A mask of several classes as a picture: everything is bright but the ground, and what is of no class."""
    return np.isin(np.asarray(mask), (0, IGNORED), invert=True).astype(np.uint8) * np.uint8(255)


def read_masks(field: Field, table: Table, rows: Array, size: tuple[int, int], step: Step) -> Tensor:
    """Classes of pixels (rows, H, W)."""
    column = field.columns[0]
    classes = table.classes[column]
    numbers = torch.empty(len(rows), *size, dtype=torch.uint8)
    for index, sample in enumerate(read_samples(table.columns[column], rows)):
        mask = read_mask(sample, len(classes), field.meaning.size, table.ignored.get(column))
        if mask.shape != size:
            reason = f'The field "{field.name}": mask {rows[index] + 1} has {mask.shape[1]}×{mask.shape[0]} pixels, '
            reason += f"the first one {size[1]}×{size[0]}."
            raise DataError(reason, "Give the field a size, so that all become equal.")
        numbers[index] = mask
        if index % 500 == 0:
            step(index)
    return numbers


def read_samples(values: Column, rows: Array) -> Iterator[Any]:
    """Go through raw pictures: encoded bytes, paths or arrays."""
    return values.read(rows) if isinstance(values, ImageColumn) else (values[row] for row in rows)


def measure_image(field: Field, table: Table, rows: Array) -> tuple[int, int, int]:
    """Shape (C, H, W) of a field's prepared pictures, judged by the first one where it is not decided."""
    try:
        image = open_image(next(read_samples(table.columns[field.columns[0]], rows[:1])))
    except ValueError as error:
        raise DataError(f'The field "{field.name}": {error}') from error
    is_gray = image.mode in ("1", "L", "LA", "F") or image.mode.startswith("I")
    width, height = image.size
    return (field.meaning.channels or (1 if is_gray else 3), *(field.meaning.size or (height, width)))
