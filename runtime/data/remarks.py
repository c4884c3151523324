"""What a person should know of a table before a network learns from it: one sentence each, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from runtime.data.giveaways import find_giveaways
from runtime.data.intake import ColumnUse
from runtime.data.summaries import Summary
from runtime.data.tables import Array, Table

MOST_HASHED = 1_000_000
"""Rows that are compared with each other."""
MOST_HASHED_BYTES = 2**29
"""Columns of more bytes, such as pictures, are not compared."""
MOSTLY_MISSING = 0.4
FEW_ROWS = 100
UNEVEN = 5.0
"""A class that is so many times as frequent as another makes accuracy say little."""
FEW_OF_CLASS = 10


@dataclass(frozen=True)
class Remark:
    """Something that a person should know, and what helps in one sentence."""

    what: str
    advice: str = ""


def find_remarks(tables: Mapping[str, Table], uses: Sequence[ColumnUse], summaries: Sequence[Summary]) -> list[Remark]:
    """Everything that is to be told of a data set, by how its columns are used."""
    table = tables["train"]
    by_name = {summary.column: summary for summary in summaries}
    return [
        *(Remark(notice) for notice in table.notices),
        *remark_rows(table, uses),
        *remark_missing(table, uses),
        *remark_repeated(tables, uses),
        *remark_giveaways(table, uses),
        *remark_balance(uses, by_name),
        *remark_time(uses, by_name),
    ]


def count_rows(count: int) -> str:
    """A number of rows in words."""
    return "1 row" if count == 1 else f"{count:,} rows"


def remark_rows(table: Table, uses: Sequence[ColumnUse]) -> list[Remark]:
    """Whether there are few rows."""
    if len(table) >= FEW_ROWS or any(use.kind == "text" for use in uses):
        return []
    advice = (
        "A small network with few weights learns most from so few, and its results vary: repeat it with several seeds."
    )
    return [Remark(f"There are only {len(table)} rows.", advice)]


def remark_missing(table: Table, uses: Sequence[ColumnUse]) -> list[Remark]:
    """Which of the used columns miss values, and how many rows that costs."""
    lacking = sorted((use for use in uses if use.missing and use.use != "ignore"), key=lambda use: -(use.missing or 0))
    if not lacking:
        return []
    named = ", ".join(f'"{use.column}" in {count_rows(use.missing or 0)}' for use in lacking[:5])
    more = f" and {len(lacking) - 5} more" if len(lacking) > 5 else ""
    lost = count_incomplete(table, [use.column for use in lacking])
    mostly = [f'"{use.column}"' for use in lacking if (use.missing or 0) > MOSTLY_MISSING * len(table)]
    advice = (
        f"Ignore {', '.join(mostly[:5])}, and fewer rows are lost."
        if mostly
        else "That costs little where they are few."
    )
    return [Remark(f"Values are missing: {named}{more}. In all {lost:,} of {len(table):,} rows are left out.", advice)]


def count_incomplete(table: Table, columns: Sequence[str]) -> int:
    """How many rows miss a value in one of the columns."""
    lacking = np.zeros(len(table), dtype=bool)
    for column in columns:
        if not table.is_image(column):
            lacking |= np.asarray(table.to_arrow(column).is_null(nan_is_null=True).to_numpy())
    return int(lacking.sum())


def remark_repeated(tables: Mapping[str, Table], uses: Sequence[ColumnUse]) -> list[Remark]:
    """Rows that stand more than once: within the training part, and in it and in another one.

    Nothing is said where an input cannot be compared, such as pictures in a folder: rows of one class would seem equal.
    """
    columns = [
        use.column for use in uses if use.reason != "only tells rows apart" and can_hash(tables["train"], use.column)
    ]
    if not columns or any(use.use == "input" and use.column not in columns for use in uses):
        return []
    train, remarks = hash_rows(tables["train"], columns), []
    repeated = len(train) - len(np.unique(train))
    if repeated:
        what = f"{repeated:,} of {len(train):,} rows repeat another one."
        advice = (
            "A row that lies in the training and in the validation part is known already there: take repeated rows out."
        )
        remarks.append(Remark(what, advice))
    for part, table in tables.items():
        if part != "train" and all(column in table.columns for column in columns):
            hashes = hash_rows(table, columns)
            shared = int(np.isin(hashes, train).sum())
            if shared:
                what = f"{shared:,} of {len(hashes):,} rows of {part} also stand in the training part."
                remarks.append(
                    Remark(what, f"What is measured on {part} looks better than it is: take them out of one.")
                )
    return remarks


def can_hash(table: Table, column: str) -> bool:
    """Whether the cells of a column can be compared in a moment."""
    try:
        cells = table.to_arrow(column)
    except TypeError:
        return False
    if pa.types.is_struct(cells.type):  # a picture: its bytes tell
        cells = pa.chunked_array([chunk.field("bytes") for chunk in cells.chunks], pa.binary())
        return bool(cells.nbytes <= MOST_HASHED_BYTES and cells.null_count == 0)
    return bool(not pa.types.is_nested(cells.type) and cells.nbytes <= MOST_HASHED_BYTES)


def hash_rows(table: Table, columns: Sequence[str]) -> Array:
    """A number for each of the first rows that equal rows share."""
    total = np.zeros(min(len(table), MOST_HASHED), dtype=np.uint64)
    for column in columns:
        cells = table.to_arrow(column).slice(0, MOST_HASHED)
        if pa.types.is_struct(cells.type):
            cells = pa.chunked_array([chunk.field("bytes") for chunk in cells.chunks], pa.binary())
        series = pd.Series(cells.to_numpy())
        total = total * np.uint64(1_000_003) + pd.util.hash_pandas_object(series, index=False).to_numpy()
    return total


def remark_giveaways(table: Table, uses: Sequence[ColumnUse]) -> list[Remark]:
    """Columns that tell the target nearly without fail."""
    target = next((use for use in uses if use.use == "target"), None)
    inputs = [use.column for use in uses if use.use == "input" and use.kind in ("number", "category", "flags", "date")]
    if target is None:
        return []
    return [
        Remark(
            f'"{column}" alone gives "{target.column}" away {how}.',
            "Ignore it if it is only known afterwards; else the task needs no network.",
        )
        for column, how in find_giveaways(table, target, inputs)
    ]


def remark_balance(uses: Sequence[ColumnUse], summaries: Mapping[str, Summary]) -> list[Remark]:
    """Whether some classes are much more frequent than others."""
    target = next((use for use in uses if use.use == "target" and use.kind in ("category", "flags")), None)
    if target is None:
        return []
    summary = summaries[target.column]
    if not summary.counts or summary.distinct < 2:
        return []
    most, total = max(summary.counts), summary.present
    least = min(summary.counts) if len(summary.counts) == summary.distinct else 1
    remarks = []
    if most >= UNEVEN * least or most >= 0.7 * total:
        what = f'The classes of "{target.column}" are uneven: the largest has {most / total:.1%} of the rows.'
        remarks.append(
            Remark(
                what,
                f"Always saying it is right in {most / total:.1%}: judge by AUROC, F1 or the confusion matrix, and let rare "
                "classes count more: weight $class_weights at the loss, or sampling balanced at Data.",
            )
        )
    if least < FEW_OF_CLASS:
        what = f'A class of "{target.column}" has only {count_rows(least)}.'
        remarks.append(Remark(what, "Join rare classes into one, or leave their rows out."))
    return remarks


def remark_time(uses: Sequence[ColumnUse], summaries: Mapping[str, Summary]) -> list[Remark]:
    """Whether rows follow each other in time."""
    for use in uses:
        if use.kind == "date" and use.use == "input":
            if summaries[use.column].is_rising:
                what = f'The rows stand in the order of "{use.column}".'
                return [
                    Remark(
                        what, "The last ones are kept for validation, so that the future is predicted from the past."
                    )
                ]
            what = f'The rows do not stand in the order of "{use.column}".'
            return [Remark(what, "Sort the file by it where later rows are to be predicted from earlier ones.")]
    return []
