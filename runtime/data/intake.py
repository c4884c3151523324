"""From a table that nobody has described to a source: what its columns hold, and which is to be learned."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from builder.document import FieldMeaning, Origin, Source, Split
from builder.parts.preparation import open_image
from runtime.data.errors import DataError
from runtime.data.tables import Array, Column, ImageColumn, Table

Kind = Literal["number", "category", "image", "ignore"]
Use = Literal["input", "target", "ignore"]

MOST_CLASSES = 100
FEW_VALUES = 20
TINY = 20
ROW_NUMBER = re.compile(r"(.*[_ ])?(id|index|idx|row|nr|no)|unnamed: \d+|#|", re.IGNORECASE)
TARGET_NAMES = (
    "target",
    "label",
    "labels",
    "class",
    "y",
    "species",
    "outcome",
    "survived",
    "diagnosis",
    "quality",
    "price",
)


@dataclass(frozen=True)
class ColumnUse:
    """What a column holds and what it is used for, as guessed or as a person decided."""

    column: str
    kind: Kind
    use: Use
    examples: str = ""
    distinct: int | None = None
    missing: int | None = None


def guess_uses(table: Table) -> list[ColumnUse]:
    """Guess what every column holds, which one is learned, and use the others for it where they can be used.

    Row numbers, columns with one value only and free text are left out.
    """
    columns = [describe_column(name, values, table.classes.get(name)) for name, values in table.columns.items()]
    target = guess_target(table, columns)
    return [_decide_use(column, column.column == target, table) for column in columns]


def describe_column(name: str, values: Column, classes: tuple[str, ...] | None = None) -> ColumnUse:
    """What a column holds; ``classes`` names the whole numbers in it."""
    if isinstance(values, ImageColumn) or values.ndim >= 3:
        return ColumnUse(name, "image", "input")
    series = pd.Series(values.tolist())
    if len(series) and isinstance(series.iloc[0], list | dict | bytes):
        return ColumnUse(name, "ignore", "ignore", str(series.iloc[0])[:40])
    present = series.dropna()
    distinct = int(present.nunique())
    examples = ", ".join(str(value)[:20] for value in classes or present.drop_duplicates().head(3).tolist())[:60]
    kind = _guess_kind(name, values, present, distinct)
    return ColumnUse(
        name, kind, "ignore" if kind == "ignore" else "input", examples, distinct, int(series.isna().sum())
    )


def _guess_kind(name: str, values: Array, present: pd.Series[Any], distinct: int) -> Kind:
    if distinct < 2:
        return "ignore"
    if values.dtype.kind in "biuf":
        return "ignore" if is_row_number(name, present) else "number"
    is_category = distinct <= MOST_CLASSES and distinct <= max(len(present) / 2, 2)
    return "category" if is_category else "ignore"


def is_row_number(name: str, present: pd.Series[Any]) -> bool:
    """Whether a column only tells rows apart: by its name, and since no value comes twice."""
    return bool(ROW_NUMBER.fullmatch(name.strip())) and present.dtype.kind in "iu" and present.is_unique


def guess_target(table: Table, columns: Sequence[ColumnUse]) -> str | None:
    """The column that is learned: the one the data set names, a usual name, the last category, the last number."""
    if table.target in table.columns:
        return table.target
    usable = [column for column in columns if column.kind in ("number", "category")]
    for name in TARGET_NAMES:
        for column in usable:
            if column.column.strip().lower() == name:
                return column.column
    categories = [column.column for column in usable if column.kind == "category"]
    found = categories or [column.column for column in usable]
    return found[-1] if found else None


def _decide_use(column: ColumnUse, is_target: bool, table: Table) -> ColumnUse:
    if is_target:
        kind: Kind = "category" if is_class_like(column, table) else "number"
        return replace(column, kind=kind, use="target")
    return replace(column, use="ignore") if column.kind == "category" else column


def is_class_like(column: ColumnUse, table: Table) -> bool:
    """Whether a target is a class rather than an amount: named, text, or whole numbers of which there are few."""
    values = table.columns[column.column]
    if column.column in table.classes or column.kind == "category" or isinstance(values, ImageColumn):
        return True
    if values.dtype.kind == "b":
        return True
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    is_whole = bool((finite == np.round(finite)).all())
    return is_whole and 1 < (distinct := column.distinct or 0) <= FEW_VALUES and len(values) >= 3 * distinct


def build_source(origin: Origin, uses: Sequence[ColumnUse], table: Table, like: Source | None = None) -> Source:
    """Make a source of an origin and the uses of its columns.

    Numbers become one vector, scaled by mean and deviation; pictures are scaled to 0..1. Fields get the names that
    fields of the same kind and role have in ``like``, so that a training graph drawn for it keeps its links.

    Raises:
        DataError: nothing is learned, nothing is learned from, or a number is wanted of a column that holds text.
    """
    _check_uses(uses, table)
    named: dict[str, tuple[str, ...]] = {}
    fields: dict[str, FieldMeaning] = {}

    def add(columns: tuple[str, ...], name: str, meaning: FieldMeaning) -> None:
        name = name_field(name, meaning, fields, like)
        named[name], fields[name] = columns, meaning

    inputs = [use for use in uses if use.use == "input"]
    for use in inputs:
        if use.kind == "image":
            add((use.column,), "image", FieldMeaning(kind="image", scaling="unit", size=choose_size(use.column, table)))
    numbers = tuple(use.column for use in inputs if use.kind == "number")
    if numbers:
        add(numbers, "features", FieldMeaning(kind="vector", scaling="standard"))
    for use in inputs:
        if use.kind == "category":
            add((use.column,), use.column, FieldMeaning(kind="category"))
    target = next(use for use in uses if use.use == "target")
    is_category = target.kind == "category"
    add((target.column,), "label" if is_category else "target", _describe_target(is_category))
    columns = {name: used[0] if len(used) == 1 else used for name, used in named.items()}
    split = Split(validation=0.0 if len(table) < TINY else 0.1, test=0.0)
    return Source(origins=(origin.model_copy(update={"columns": columns}),), fields=fields, split=split)


def _describe_target(is_category: bool) -> FieldMeaning:
    return FieldMeaning(kind="category" if is_category else "number", role="target")


def _check_uses(uses: Sequence[ColumnUse], table: Table) -> None:
    targets = [use.column for use in uses if use.use == "target"]
    if len(targets) != 1:
        found = f"{len(targets)} columns are" if targets else "No column is"
        raise DataError(f"{found} chosen as the target.", "Choose one column that the network is to learn.")
    if not any(use.use == "input" and use.kind != "ignore" for use in uses):
        raise DataError("No column is chosen as an input.", "Choose the columns that the network sees.")
    for use in uses:
        if use.use != "ignore" and use.kind == "image" and not table.is_image(use.column):
            raise DataError(f'The column "{use.column}" holds no pictures.', "Use it as a number or a category.")
        if use.use == "target" and use.kind not in ("number", "category"):
            raise DataError(f'The target "{use.column}" is neither a number nor a category.', "Choose one of the two.")


def name_field(name: str, meaning: FieldMeaning, taken: Mapping[str, object], like: Source | None) -> str:
    """An identifier for a field: the name that such a field has in ``like``, else one made of ``name``."""
    for known, other in (like.fields if like else {}).items():
        if (other.kind, other.role) == (meaning.kind, meaning.role) and known not in taken:
            return known
    base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower() or "field"
    base = f"field_{base}" if base[0].isdigit() or keyword.iskeyword(base) else base
    number, unique = 2, base
    while unique in taken:
        number, unique = number + 1, f"{base}_{number}"
    return unique


def choose_size(column: str, table: Table) -> tuple[int, int] | None:
    """A common size (height, width) for pictures of different sizes; None where the first ones are all equal."""
    values, sizes = table.columns[column], set()
    for row in range(min(len(table), 50)):
        sample = values[row]
        if sample is not None:
            try:
                sizes.add(open_image(sample).size)
            except ValueError as error:
                raise DataError(f'Row {row + 1} of "{column}": {error}') from error
    if len(sizes) <= 1 and max((max(size) for size in sizes), default=0) <= 256:
        return None
    return (64, 64)
