"""Which samples are for training, for validation and for the final test."""

from __future__ import annotations

from typing import Literal

import numpy as np

from builder.document import Fold, Split
from runtime.data.errors import DataError
from runtime.data.tables import Array

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
ALIASES: dict[str, Part] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def name_part(name: str) -> Part | None:
    """The part that an origin's own name of a split stands for: ``valid`` and ``dev`` are validation."""
    return ALIASES.get(name.lower())


def divide_rows(count: int, split: Split, has: frozenset[str], classes: Array | None) -> dict[Part, Array]:
    """Divide the rows of a training table into parts, for those parts that the origin does not bring itself.

    The same seed always gives the same parts: the generator is one whose numbers NumPy has frozen. With ``classes``
    every part holds the classes in the same proportions. Rows stay in their order within a part.

    Args:
        count: number of rows.
        split: fractions or a fold, seed, and whether rows are drawn or taken from the end in order (test last).
        has: parts that the origin brings.
        classes: class number of each row, or None.

    Raises:
        DataError: there are too few rows for the fold.
    """
    order = np.arange(count) if split.by == "order" else draw_order(count, split.seed, classes)
    left = count
    taken: dict[Part, Array] = {}
    wanted: tuple[tuple[Part, float], ...] = (("test", split.test), ("validation", split.validation))
    for part, fraction in wanted[: 1 if split.fold else 2]:
        size = count_rows(count, fraction, left) if part not in has else 0
        if size:
            taken[part] = np.sort(order[left - size : left])
            left -= size
    if split.fold is None:
        return {"train": np.sort(order[:left]), **dict(reversed(taken.items()))}
    return {**divide_fold(order[:left], split.fold, split.by == "order"), **taken}


def divide_fold(order: Array, fold: Fold, in_time: bool) -> dict[Part, Array]:
    """The training and the validation part of one fold of these rows; in time nothing is learned of what comes later."""
    start, stop = bound_fold(len(order), fold, in_time)
    train = order[:start] if in_time else np.concatenate([order[:start], order[stop:]])
    return {"train": np.sort(train), "validation": np.sort(order[start:stop])}


def bound_fold(count: int, fold: Fold, in_time: bool) -> tuple[int, int]:
    """Where the validation part of a fold begins and ends. In time the rows before the first one are only learned from.

    Raises:
        DataError: there are too few rows, or there is no such fold.
    """
    if fold.index >= fold.count:
        reason = f"There is no fold {fold.index + 1} of {fold.count}."
        raise DataError(reason, "Folds are counted from 0.")
    pieces = fold.count + in_time
    if count < pieces:
        reason = f"{count:,} rows cannot be divided into {fold.count} folds."
        raise DataError(reason, "Take fewer folds, or bring more rows.")
    if not in_time:
        return count * fold.index // fold.count, count * (fold.index + 1) // fold.count
    size = count // pieces
    start = count - (fold.count - fold.index) * size
    return start, start + size


def count_rows(count: int, fraction: float, left: int) -> int:
    """How many rows a fraction is: one at least, unless nothing would be left to learn from."""
    return min(max(round(count * fraction), 1), left - 1) if fraction and left > 1 else 0


def draw_order(count: int, seed: int, classes: Array | None) -> Array:
    """A random order; with ``classes``, one in which every stretch holds the classes in nearly the same proportions."""
    order = np.random.RandomState(seed % 2**32).permutation(count)
    if classes is None:
        return order
    drawn = classes[order]
    by_class = np.argsort(drawn, kind="stable")
    _, starts, sizes = np.unique(drawn[by_class], return_index=True, return_counts=True)
    rank = np.arange(count) - np.repeat(starts, sizes)
    place = (rank + 0.5) / np.repeat(sizes, sizes)
    return order[by_class[np.argsort(place, kind="stable")]]
