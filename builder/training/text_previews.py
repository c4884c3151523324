"""Previews of texts: what a network takes them for, which words it looked at, and the names that it finds in them.

``texts``
    ``texts``: lists of words, one a sample; ``gap``: what stands between two words; where known, lists of one item a
    text: ``weights`` (a share 0..1 for each word), and ``truth``, ``predicted``, ``confidence``, ``wrong``.
``tagged``
    ``texts`` and ``gap`` as above; ``predicted`` and, where known, ``truth``: a tag for each word of each text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field
from torch import Tensor

from builder.kinds import Port
from builder.parts.tokenizing import BEGIN, END, PAD, UNKNOWN, Tokenizer
from builder.training.answers import Facts, choose_field, name_answers, name_classes, read_scores, round_number
from builder.training.base import Preview
from builder.training.metrics import LENGTHS
from builder.training.previews import FIELD_HELP, AnswerParams, require

MOST_WORDS = 200
"""Of a longer text its beginning is shown."""
TEXT = Port("text", ranks=(2,), dtype="integer", help="The texts, as numbers of words.")


class TextParams(AnswerParams):
    """Which texts are shown."""

    text_field: str | None = Field(None, max_length=80, description=FIELD_HELP)


class TextSamples(Preview):
    """Texts with what the network takes them for and what they are; wrong answers are marked.

    With the weights of an attention layer linked, the words are shaded by how much they were looked at.

    Shapes:
        text: (B, T) numbers of words. lengths: (B).
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.
        weights: (B, T), or (B, T, T), of which the mean over the words that look is shown.
    """

    kind = "TextSamples"
    family = "Previews"
    title = "Text samples"
    synonyms = ("sentences", "words", "samples", "predictions", "sentiment", "attention")
    shown = ("count",)
    inputs = (
        TEXT,
        LENGTHS,
        Port("input", optional=True, help="The network's scores."),
        Port("target", dtype="number", optional=True, help="The true class."),
        Port("weights", ranks=(2, 3), optional=True, help="How much each word was looked at."),
    )
    Params = TextParams  # type: ignore[assignment]

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``texts``."""
        text, lengths, scores, target, weights = take_first(params.count, cls.inputs, inputs)
        numbers = list_numbers(require(text, "text"), lengths)
        answers = name_answers(scores, target, choose_field(facts, params.target_field, role="target"), params.scores)
        shares = {} if weights is None else {"weights": list_shares(weights, numbers)}
        return {"type": "texts", **describe_texts(numbers, params, facts), **shares, **answers}


class TaggedTokens(Preview):
    """Sentences with the tag that the network gives each word; what is tagged otherwise than the truth is marked.

    Shapes:
        text: (B, T) numbers of words. lengths: (B).
        input: (B, T, tags) scores. target: (B, T), the numbers of the true tags.
    """

    kind = "TaggedTokens"
    family = "Previews"
    title = "Tagged sentences"
    synonyms = ("named entities", "NER", "tagging", "words", "samples", "BIO")
    shown = ("count",)
    inputs = (
        TEXT,
        LENGTHS,
        Port("input", ranks=(3,), help="The scores of all tags at every word."),
        Port("target", ranks=(2,), dtype="number", optional=True, help="The true tags."),
    )
    Params = TextParams  # type: ignore[assignment]

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``tagged``."""
        text, lengths, scores, target = take_first(params.count, cls.inputs, inputs)
        numbers = list_numbers(require(text, "text"), lengths)
        classes = choose_field(facts, params.target_field, role="target").get("classes")
        tags = read_scores(require(scores, "input").flatten(0, 1), params.scores)[0].reshape(len(numbers), -1)
        truth = {} if target is None else {"truth": name_tags(target, numbers, classes)}
        told = {"predicted": name_tags(tags, numbers, classes), **truth}
        return {"type": "tagged", **describe_texts(numbers, params, facts), **told}


def take_first(count: int, ports: Sequence[Port], inputs: Sequence[Tensor | None]) -> list[Tensor | None]:
    """The first samples of every port; None where nothing is linked."""
    given = [None if each is None else each[:count] for each in inputs]
    return given + [None] * (len(ports) - len(given))


def list_numbers(text: Tensor, lengths: Tensor | None) -> list[list[int]]:
    """The numbers of each text up to its end, and no more than are shown."""
    ends = [text.shape[1]] * len(text) if lengths is None else lengths.tolist()
    return [row[: min(end, MOST_WORDS)] for row, end in zip(text.tolist(), ends, strict=True)]


def describe_texts(numbers: Sequence[Sequence[int]], params: Any, facts: Facts) -> dict[str, Any]:
    """The words of each text, and what stands between two of them."""
    tokenizer = choose_field(facts, params.text_field, "text", role="input").get("tokenizer")
    gap = " " if tokenizer is None or tokenizer.tokens == "word" else ""
    return {"texts": [[name_token(number, tokenizer) for number in row] for row in numbers], "gap": gap}


def name_token(number: int, tokenizer: Tokenizer | None) -> str:
    """A token as it is read: nothing for padding and marks, and the number itself where no tokenizer is known."""
    if tokenizer is None or number >= len(tokenizer):
        return str(number)
    return {PAD: "", BEGIN: "", END: "", UNKNOWN: "�"}.get(number, tokenizer.vocabulary[number])


def list_shares(weights: Tensor, numbers: Sequence[Sequence[int]]) -> list[list[float]]:
    """How much each word was looked at; where words look at words, the mean over those that are there."""
    rows = weights.detach().float()
    shares = []
    for row, known in zip(rows, numbers, strict=True):
        own = row[: len(known)].mean(0) if row.dim() == 2 else row
        shares.append([round_number(value) for value in own[: len(known)].tolist()])
    return shares


def name_tags(tags: Tensor, numbers: Sequence[Sequence[int]], classes: Any) -> list[list[str]]:
    """The tag of each word that is there."""
    return [name_classes(row[: len(known)], classes) for row, known in zip(tags, numbers, strict=True)]
