"""Which samples are for training, for validation and for the final test."""

from __future__ import annotations

from typing import Literal

import numpy as np

from builder.document import Split
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
        split: fractions, seed, and whether rows are drawn or taken from the end in order (test last).
        has: parts that the origin brings.
        classes: class number of each row, or None.
    """
    order = np.arange(count) if split.by == "order" else draw_order(count, split.seed, classes)
    left = count
    taken: dict[Part, Array] = {}
    wanted: tuple[tuple[Part, float], ...] = (("test", split.test), ("validation", split.validation))
    for part, fraction in wanted:
        size = count_rows(count, fraction, left) if part not in has else 0
        if size:
            taken[part] = np.sort(order[left - size : left])
            left -= size
    return {"train": np.sort(order[:left]), **dict(reversed(taken.items()))}


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
