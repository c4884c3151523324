"""Columns that give the target away: from one of them alone it can be told nearly without fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from runtime.data.intake import ColumnUse
from runtime.data.summaries import as_plain_numbers, find_holds, thin
from runtime.data.tables import Array, Table

NUM_ROWS = 20_000
LEAST_ROWS = 50
MOST_COLUMNS = 100
"""Columns that are looked at; of wider tables the first."""
MOST_PIECES = 64
"""Into so many pieces the numbers of a column are cut where that tells the target."""
LEAST_RIGHT = 0.99
"""Of the rows that were not looked at so many are told rightly."""
LEAST_EXPLAINED = 0.995
"""Of the spread of a number so much is explained."""
MOST_BY_CHANCE = 0.95
"""Where one class is that frequent, being right nearly always says nothing."""


def find_giveaways(table: Table, target: ColumnUse, inputs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Columns that give the target away, and how well, judged by rows that they were not fitted to."""
    if table.is_image(target.column):
        return
    is_class = target.kind in ("category", "flags")
    wanted = number_values(table, target.column) if is_class else read_numbers(table, target.column)
    present = np.isfinite(wanted)
    if present.sum() < LEAST_ROWS:
        return
    if is_class and np.bincount(wanted[present].astype(int)).max() > MOST_BY_CHANCE * present.sum():
        return
    for column in inputs[:MOST_COLUMNS]:
        score = score_column(table, column, wanted, is_class)
        if score >= (LEAST_RIGHT if is_class else LEAST_EXPLAINED):
            yield column, f"in {score:.1%} of the rows" if is_class else f"to {score:.1%}"


def score_column(table: Table, column: str, wanted: Array, is_class: bool) -> float:
    """How much of the target one column tells: the part of the classes that are right, or of the spread explained."""
    is_range = find_holds(thin(table.to_arrow(column), 1).type) in ("number", "truth", "date")
    values = read_numbers(table, column) if is_range else number_values(table, column)
    rows = np.flatnonzero(np.isfinite(wanted) & np.isfinite(values))
    if len(rows) < LEAST_ROWS:
        return 0.0
    seen, held = halve(rows)
    if is_range:
        tree = (DecisionTreeClassifier if is_class else DecisionTreeRegressor)(
            max_leaf_nodes=MOST_PIECES, random_state=0
        )
        return float(tree.fit(values[seen, None], wanted[seen]).score(values[held, None], wanted[held]))
    keys = values.astype(int)
    return (score_classes if is_class else score_numbers)(keys[seen], keys[held], wanted[seen], wanted[held])


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


def halve(rows: Array) -> tuple[Array, Array]:
    """Two halves of the rows, always the same ones."""
    order = np.random.RandomState(0).permutation(rows)
    return order[: len(order) // 2], order[len(order) // 2 :]


def score_classes(seen: Array, held: Array, wanted: Array, truth: Array) -> float:
    """How often the most frequent class of a value in one half of the rows is right in the other."""
    counts = np.zeros((max(seen.max(), held.max()) + 1, int(wanted.max()) + 1), dtype=np.int64)
    np.add.at(counts, (seen, wanted.astype(int)), 1)
    told = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), -1)
    return float((told[held] == truth).mean())


def score_numbers(seen: Array, held: Array, wanted: Array, truth: Array) -> float:
    """How much of the spread in one half of the rows the mean of a value in the other explains."""
    size = max(seen.max(), held.max()) + 1
    sums, counts = np.bincount(seen, wanted, size), np.bincount(seen, minlength=size)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), wanted.mean())
    return float(1 - ((truth - means[held]) ** 2).mean() / truth.var()) if truth.var() > 0 else 0.0
