"""Columns that give the target away: from one of them alone it can be told nearly without fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow.compute as pc

from runtime.data.intake import ColumnUse
from runtime.data.summaries import as_plain_numbers, find_holds, thin
from runtime.data.tables import Array, Table

NUM_ROWS = 20_000
LEAST_ROWS = 50
MOST_COLUMNS = 500
"""Columns that are looked at; of wider tables the first."""
NUM_BINS = 64
LEAST_RIGHT = 0.99
"""Of the rows that were not looked at so many are told rightly."""
LEAST_EXPLAINED = 0.995
"""Of the spread of a number so much is explained."""
MOST_BY_CHANCE = 0.95
"""Where one class is that frequent, being right nearly always says nothing."""


def find_giveaways(table: Table, target: ColumnUse, inputs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Columns that give the target away, and how well, judged by rows that they were not fitted to."""
    is_class = target.kind in ("category", "flags")
    wanted = number_values(table, target.column) if is_class else read_numbers(table, target.column)
    present = np.isfinite(wanted)
    if present.sum() < LEAST_ROWS or table.is_image(target.column):
        return
    if is_class and np.bincount(wanted[present].astype(int)).max() > MOST_BY_CHANCE * present.sum():
        return
    for column in inputs[:MOST_COLUMNS]:
        keys = group_values(table, column)
        rows = np.flatnonzero(present & (keys >= 0))
        if len(rows) < LEAST_ROWS:
            continue
        score = (score_classes if is_class else score_numbers)(keys[rows], wanted[rows])
        if score >= (LEAST_RIGHT if is_class else LEAST_EXPLAINED):
            yield column, f"in {score:.1%} of the rows" if is_class else f"to {score:.1%}"


def number_values(table: Table, column: str) -> Array:
    """A number for each value; what is missing is no number."""
    encoded = thin(table.to_arrow(column), NUM_ROWS).combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices.cast("float64").to_numpy(zero_copy_only=False))


def read_numbers(table: Table, column: str) -> Array:
    """Numbers of a column; where it holds text, none."""
    cells = thin(table.to_arrow(column), NUM_ROWS)
    if find_holds(cells.type) not in ("number", "truth", "date"):
        return np.full(len(cells), np.nan)
    return as_plain_numbers(cells)


def group_values(table: Table, column: str) -> Array:
    """Number of the group of each value, -1 where it is missing: equal values, or numbers that lie close to each other."""
    cells = thin(table.to_arrow(column), NUM_ROWS)
    is_number = find_holds(cells.type) in ("number", "date")
    if not is_number or pc.count_distinct(cells).as_py() <= NUM_BINS:
        return np.nan_to_num(number_values(table, column), nan=-1).astype(int)
    numbers = as_plain_numbers(cells)
    finite = np.isfinite(numbers)
    bounds = np.unique(np.quantile(numbers[finite], np.linspace(0, 1, len(numbers[finite]) // 8 + 2)[1:-1]))
    return np.where(finite, np.searchsorted(bounds, numbers), -1)


def halve(count: int) -> tuple[Array, Array]:
    """Two halves of so many rows, always the same ones."""
    order = np.random.RandomState(0).permutation(count)
    return order[: count // 2], order[count // 2 :]


def score_classes(keys: Array, wanted: Array) -> float:
    """How often the most frequent class of a value's group in one half of the rows is right in the other."""
    classes, (seen, held) = wanted.astype(int), halve(len(keys))
    counts = np.zeros((keys.max() + 1, classes.max() + 1), dtype=np.int64)
    np.add.at(counts, (keys[seen], classes[seen]), 1)
    told = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), -1)
    return float((told[keys[held]] == classes[held]).mean())


def score_numbers(keys: Array, wanted: Array) -> float:
    """How much of the spread in one half of the rows the mean of a value's group in the other explains."""
    seen, held = halve(len(keys))
    sums = np.bincount(keys[seen], wanted[seen], keys.max() + 1)
    counts = np.bincount(keys[seen], minlength=keys.max() + 1)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), wanted[seen].mean())
    spread = wanted[held].var()
    return float(1 - ((wanted[held] - means[keys[held]]) ** 2).mean() / spread) if spread > 0 else 0.0
