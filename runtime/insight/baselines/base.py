"""What a baseline is: a simple answer to the question that a network learns to answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runtime.insight.baselines.asked import Answer, Asked


@dataclass(frozen=True)
class Fitted:
    """A baseline that is ready to answer.

    Attributes:
        about: how it was made and from which data, in a sentence.
        answer: its answers.
        is_text: whether it answers with tokens and not with scores.
    """

    about: str
    answer: Answer
    is_text: bool = False


@dataclass(frozen=True)
class Baseline:
    """A kind of simple answer.

    Attributes:
        name: its stable name.
        title: its name for people.
        suits: whether it answers such a question at all.
        fit: makes it from the training part alone. Raises Unfit where this data does not allow it.
    """

    name: str
    title: str
    suits: Callable[[Asked], bool]
    fit: Callable[[Asked], Fitted]
