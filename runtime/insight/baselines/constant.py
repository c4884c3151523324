"""The same answer for everything: how frequent each class is, or the mean."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.columns import Column
from runtime.insight.baselines.asked import Asked
from runtime.insight.baselines.base import Baseline, Fitted


def suits(asked: Asked) -> bool:
    """It always answers."""
    return True


def fit(asked: Asked) -> Fitted:
    """Count the classes, or take the mean, of the training part."""
    rows = len(asked.take(asked.target, "train"))
    if asked.classes is None:
        mean = asked.take(asked.target, "train").double().mean(0)
        about = f"Always the mean of the {rows:,} training samples."
        return Fitted(about, lambda part, some: mean.expand(len(asked.take(asked.target, part, some)), *mean.shape))
    counts = torch.bincount(read_classes(asked, asked.target), minlength=asked.classes)
    shares = find_logarithms(counts.double())
    first = int(counts.argmax())
    share = counts[first] / counts.sum()
    about = f"Always {name_class(asked, first)}, the most frequent in the {rows:,} training samples ({share:.1%})."
    return Fitted(about, lambda part, some: shares.expand(*find_shape(asked, part, some), len(shares)))


def find_shape(asked: Asked, part: str, rows: slice) -> tuple[int, ...]:
    """How many answers are asked for: one a row, or one a step of each."""
    truth = asked.take(asked.target, part, rows)
    if asked.truth.rank == 1 or asked.meaning in ("logit", "probability"):
        return (len(truth),)
    lengths = asked.find_lengths(asked.target, part, rows)
    return (len(truth), *truth.shape[1:]) if lengths is None else (len(truth), int(lengths.max()))


def read_classes(asked: Asked, column: Column) -> Tensor:
    """All classes or tokens of the training part, flat, without padding and pixels of no class."""
    values, ignored = asked.take(column, "train").long(), asked.facts(column).ignored
    lengths = asked.find_lengths(column, "train")
    if lengths is None:
        return values.reshape(-1) if ignored is None else values[values != ignored]
    return values[torch.arange(values.shape[1]) < lengths[:, None]]


def find_logarithms(counts: Tensor) -> Tensor:
    """The logarithms of the shares of counts, last axis; what never came is a little more than impossible."""
    counts = counts + 1e-3
    return (counts / counts.sum(-1, keepdim=True)).log()


def name_class(asked: Asked, number: int) -> str:
    """A class or a token for people."""
    facts = asked.facts(asked.target)
    if facts.classes:
        return f"“{facts.classes[number]}”"
    return f"“{facts.tokenizer.vocabulary[number]}”" if facts.tokenizer else f"number {number}"


CONSTANT = Baseline("constant", "Most frequent or mean", suits, fit)
