"""What usually goes with each token: the tag that a word mostly has, the character that mostly follows another."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.columns import Column
from runtime.insight.baselines.asked import Asked, Unfit
from runtime.insight.baselines.base import Baseline, Fitted
from runtime.insight.baselines.constant import find_logarithms
from runtime.insight.baselines.nearest import is_translation

MOST_CELLS = 60_000_000


def suits(asked: Asked) -> bool:
    """It answers with a class at every step of a text."""
    stepwise = asked.classes is not None and asked.truth.rank == 2 and asked.meaning in ("logits", "log_probabilities")
    return stepwise and find_tokens(asked) is not None and not is_translation(asked)


def find_tokens(asked: Asked) -> Column | None:
    """The text that has a step for each answer."""
    shapes = {column.name: asked.take(column, "train", slice(0, 1)).shape for column in (*asked.inputs, asked.target)}
    fitting = (
        c for c in asked.inputs if asked.facts(c).dtype == "int64" and shapes[c.name] == shapes[asked.target.name]
    )
    return next(fitting, None)


def fit(asked: Asked) -> Fitted:
    """Count what goes with each token in the training part; a token that was hardly met says what all say."""
    column = find_tokens(asked)
    assert column is not None and asked.classes is not None
    facts = asked.facts(column)
    tokens = len(facts.classes) if facts.classes is not None else facts.vocabulary or 0
    if tokens * asked.classes > MOST_CELLS:
        raise Unfit(f"{tokens:,} tokens times {asked.classes:,} answers are too many to count")
    given, truth = asked.take(column, "train").long(), asked.take(asked.target, "train").long()
    lengths = asked.find_lengths(column, "train")
    there = torch.ones_like(given, dtype=torch.bool)
    if lengths is not None:
        there = torch.arange(given.shape[1]) < lengths[:, None]
    pairs = given[there] * asked.classes + truth[there]
    counts = torch.bincount(pairs, minlength=tokens * asked.classes).reshape(tokens, asked.classes).double()
    table = find_logarithms(counts + counts.sum(0) / counts.sum())
    about = (
        f"What goes with each of {tokens:,} tokens most often, counted in {len(pairs):,} steps of the training part."
    )

    def answer(part: str, rows: slice) -> Tensor:
        own = asked.take(column, part, rows).long()
        cut = asked.find_lengths(column, part, rows)
        return table[own if cut is None else own[:, : int(cut.max())]].float()

    return Fitted(about, answer)


TOKENS = Baseline("tokens", "What mostly goes with each token", suits, fit)
