"""Ranks the values of a category by what a trained network says of each: the films that somebody may like best."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from builder.parts.preparation import prepare_inputs
from runtime.insight.trying import SHELF, Ready
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder

MOST_AT_ONCE = 4096


@dataclass(frozen=True)
class Ranking:
    """The values that come out highest, each with the number that the network says; and from which step."""

    step: int
    checkpoint: str
    field: str
    ranked: tuple[tuple[str, float], ...]
    target: str


def can_rank(meaning: str, fields: Collection[str], kind: str) -> bool:
    """Whether the values of one of these fields can be ranked: the network says a number, and asks for something beside."""
    return kind == "category" and meaning == "number" and len(fields) > 1


def rank(
    folder: RunFolder,
    values: Mapping[str, Any],
    field: str,
    checkpoint: str | None = None,
    known: Collection[str] = (),
    count: int = 10,
) -> Ranking:
    """Ask a run's network about every value of one category, with all other inputs as they are.

    Args:
        folder: the run; it may still be training.
        values: a raw value for every other input.
        field: the category whose values are ranked.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.
        known: values that are left out.
        count: how many are told.

    Raises:
        RunError: there is no checkpoint yet, or the values do not fit; the message is a sentence.
    """
    ready = SHELF.take(folder, checkpoint)
    question, how = ready.question, ready.preparations.get(field)
    if how is None or not can_rank(question.meaning, question.fields, how.kind) or field not in question.fields:
        raise RunError(f'"{field}" is no category whose values this network can put in order.')
    scores = score_all(ready, values, field)
    left = [(name, score) for name, score in zip(how.classes, scores, strict=True) if name not in known]
    best = sorted(left, key=lambda pair: -pair[1])[:count]
    return Ranking(ready.step, ready.checkpoint, field, tuple(best), question.target)


def score_all(ready: Ready, values: Mapping[str, Any], field: str) -> list[float]:
    """What the network says of every value of a category, in the units of the data."""
    question, classes = ready.question, ready.preparations[field].classes
    try:
        row = prepare_inputs(ready.preparations, question.inputs, {**values, field: classes[0]})
    except (ValueError, KeyError, OSError) as error:
        raise RunError(str(error)) from error
    place = question.inputs.index(field)
    numbers = ready.preparations[field].number_classes(range(len(classes)))
    scores: list[float] = []
    for some in torch.split(numbers, MOST_AT_ONCE):
        batch = [some if at == place else one.expand(len(some), *one.shape[1:]) for at, one in enumerate(row)]
        with torch.no_grad():
            output = ready.network(*batch)
        said = output[question.output] if isinstance(output, tuple) else output
        scores += ready.preparations[question.target].restore(said).reshape(len(some), -1)[:, 0].tolist()
    return scores
