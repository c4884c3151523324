"""Ratings by the habits of each user and the standing of each item, without any taste."""

from __future__ import annotations

import torch
from torch import Tensor

from runtime.insight.baselines.asked import Asked
from runtime.insight.baselines.base import Baseline, Fitted

DAMPING, ROUNDS = 5.0, 15
"""So many ratings at the mean are added to everybody's own, or one rating alone would say too much."""


def suits(asked: Asked) -> bool:
    """It answers with one number from two categories or more, such as a user and an item."""
    categories = [column for column in asked.inputs if asked.facts(column).kind == "category"]
    return len(categories) > 1 and asked.classes is None and asked.take(asked.target, "train", slice(0, 1)).numel() == 1


def fit(asked: Asked) -> Fitted:
    """Find the mean, and how far each category is from it on average, one field after the other until that settles.

    Reference:
        Koren, Factor in the neighbors: scalable and accurate collaborative filtering, 2010, section 2.1.
    """
    columns = [column for column in asked.inputs if asked.facts(column).kind == "category"]
    truth = asked.take(asked.target, "train").double().reshape(-1)
    numbers = {column.name: asked.take(column, "train").long().reshape(-1) for column in columns}
    mean = truth.mean()
    biases = {
        column.name: torch.zeros(len(asked.facts(column).classes or ()), dtype=torch.float64) for column in columns
    }
    for _ in range(ROUNDS):
        for name, own in numbers.items():
            others = sum((biases[other][numbers[other]] for other in numbers if other != name), mean)
            biases[name] = average(truth - others, own, len(biases[name]))
    known = " and ".join(f"{len(biases[column.name]):,} of {column.name}" for column in columns)
    about = f"The mean and a bias for each of {known}, damped by {DAMPING:g}, fitted to the {len(truth):,} training samples."

    def answer(part: str, rows: slice) -> Tensor:
        return sum((biases[c.name][asked.take(c, part, rows).long().reshape(-1)] for c in columns), mean)

    return Fitted(about, answer)


def average(values: Tensor, numbers: Tensor, count: int) -> Tensor:
    """The damped mean of the values of each category."""
    sums = torch.zeros(count, dtype=torch.float64).index_add_(0, numbers, values)
    return sums / (torch.bincount(numbers, minlength=count) + DAMPING)


BIASES = Baseline("biases", "User and item biases", suits, fit)
