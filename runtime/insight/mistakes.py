"""What a trained network is most wrong about: the samples that it did not learn from with the highest loss."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from builder.answering import WRITTEN
from builder.columns import list_columns
from builder.parts.preparation import Preparation
from builder.parts.sampler import order_samples
from runtime.data.batches import take_named
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws
from runtime.insight.confidences import read_confidences
from runtime.insight.trying import SHELF, Ready
from runtime.insight.turns import Turns
from runtime.insight.words import take_output
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder

MOST_SAMPLES = 10_000
MOST_SECONDS = 60.0
"""Of a large network not all of them are asked about; it is told how many were."""
MOST_NUMBERS = 400_000
"""In a batch."""
TURNS = Turns("Looking for what is most wrong")
PARTS = ("test", "validation")


@dataclass(frozen=True)
class Mistake:
    """One sample, by its number in its part: what it is, what the network says, how sure it is, and its loss."""

    index: int
    truth: str
    predicted: str
    confidence: float
    loss: float


@dataclass(frozen=True)
class Mistakes:
    """The samples with the highest loss first, of how many that were looked at, and how many of those are wrong."""

    part: str
    samples: int
    size: int
    wrong: int
    worst: tuple[Mistake, ...]
    step: int
    checkpoint: str


def find_mistakes(
    folder: RunFolder, source: PreparedSource, checkpoint: str | None = None, count: int = 24
) -> Mistakes:
    """Ask a run's network about the samples of the test part, or of the validation part where there is no test part.

    Of very many a fair choice is asked about, always the same one.

    Args:
        folder: the run; it may still be training.
        source: the run's source that the network is asked about, as it was prepared for it.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.
        count: how many samples are told.

    Raises:
        RunError: the network does not choose one class of several, or all data was learned from.
    """
    ready = SHELF.take(folder, checkpoint)
    if not chooses_class(ready.question.meaning, ready.preparations[ready.question.target]):
        raise RunError("What a network is most wrong about is found where it chooses one class for each sample.")
    part, order = choose_samples(source, ready.question.target)
    with TURNS.take(), OwnDraws(), torch.no_grad():
        outputs = ask_all(ready, source, part, order)
        confidences = torch.cat([read_confidences(output, ready.question.meaning) for _, output in outputs])
    return sort_out(ready, source, part, order[: len(confidences)], confidences, count)


def chooses_class(meaning: str, target: Preparation) -> bool:
    """Whether a network chooses one class for each sample."""
    return (
        meaning not in ("number", "picture", "mask", *WRITTEN) and target.kind == "category" and len(target.classes) > 1
    )


def choose_samples(source: PreparedSource, target: str) -> tuple[str, Tensor]:
    """The part that was not learned from, and the numbers of the samples in it that are asked about.

    Raises:
        RunError: all data was learned from.
    """
    part = next((part for part in PARTS if part in source.parts), None)
    if part is None:
        raise RunError("All of this data was learned from. Keep a part of it for the test, on the page Data.")
    return part, order_samples(len(source.parts[part][target]), 0, 0)[:MOST_SAMPLES]


def ask_all(ready: Ready, source: PreparedSource, part: str, order: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The numbers of samples and what the network says to them, batch by batch, as many as there is time for."""
    question, tensors = ready.question, source.parts[part]
    columns = [column for column in list_columns(source.source) if column.name in question.inputs]
    end = time.monotonic() + MOST_SECONDS
    for rows in torch.split(order, choose_batch([tensors[name] for name in question.inputs])):
        batch = take_named(columns, tensors, rows)
        yield rows, take_output(ready.network(*[batch[name] for name in question.inputs]), question)
        if time.monotonic() > end:
            break


def choose_batch(inputs: list[Tensor]) -> int:
    """How many samples are computed at once."""
    numbers = sum(tensor[0].numel() for tensor in inputs)
    return max(1, min(256, MOST_NUMBERS // max(1, numbers)))


def sort_out(
    ready: Ready, source: PreparedSource, part: str, order: Tensor, confidences: Tensor, count: int
) -> Mistakes:
    """The samples with the highest loss; of equal ones the first of the part."""
    target = ready.question.target
    classes = ready.preparations[target].classes
    truth = source.parts[part][target][order].long().reshape(-1)
    losses = -confidences.gather(1, truth[:, None])[:, 0].clamp(min=torch.finfo(torch.float64).tiny).log()
    sure, said = confidences.max(1)
    places = sorted(range(len(order)), key=lambda place: (-float(losses[place]), int(order[place])))[:count]
    worst = tuple(
        Mistake(int(order[at]), classes[truth[at]], classes[said[at]], float(sure[at]), float(losses[at]))
        for at in places
    )
    size, wrong = len(source.parts[part][target]), int((said != truth).sum())
    return Mistakes(part, len(order), size, wrong, worst, ready.step, ready.checkpoint)
