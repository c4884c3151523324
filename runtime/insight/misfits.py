"""What a network that finds masks is most wrong about: the samples that it did not learn from whose masks fit worst."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from builder.answering import name_pixels
from builder.parts.mask_pictures import find_mask
from runtime.data.prepare import PreparedSource
from runtime.draws import OwnDraws
from runtime.insight.confidences import read_confidences
from runtime.insight.masks import average, find_counted, measure_overlaps
from runtime.insight.mistakes import MOST_NUMBERS, TURNS, ask_all, choose_samples
from runtime.insight.trying import SHELF, Ready
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder


@dataclass(frozen=True)
class Misfit:
    """One sample, by its number in its part: both masks (H, W), their intersection over union, and the loss of its pixels."""

    index: int
    found: Tensor
    true: Tensor
    overlap: float
    loss: float


@dataclass(frozen=True)
class Misfits:
    """The samples with the lowest overlap first, of how many that were looked at, and the mean overlap of those."""

    part: str
    samples: int
    size: int
    overlap: float
    worst: tuple[Misfit, ...]
    step: int
    checkpoint: str


def find_misfits(folder: RunFolder, source: PreparedSource, checkpoint: str | None = None, count: int = 12) -> Misfits:
    """Ask a run's network about the samples that ``find_mistakes`` asks about, where it answers with masks.

    Args:
        folder: the run; it may still be training.
        source: the run's source that the network is asked about, as it was prepared for it.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the newest.
        count: how many samples are told; each is seen three times, so that there is room for fewer.

    Raises:
        RunError: the network finds no masks, all data was learned from, or no pixel counts.
    """
    ready = SHELF.take(folder, checkpoint)
    if ready.question.meaning != "mask":
        raise RunError("This run's network does not find masks.")
    part, order = choose_samples(source, ready.question.target)
    truth = source.parts[part][ready.question.target]
    overlaps: list[float] = []
    worst: list[Misfit] = []
    with TURNS.take(), OwnDraws(), torch.no_grad():
        for rows, output in ask_all(ready, source, part, order):
            judged = [judge(ready, int(row), scores, truth[row]) for row, scores in zip(rows, output, strict=True)]
            counted = [one for one in judged if one is not None]
            overlaps += [one.overlap for one in counted]
            worst = sorted([*worst, *counted], key=lambda one: (one.overlap, -one.loss, one.index))[:count]
    if not overlaps:
        raise RunError("No pixel of these masks counts: all are of a class that a loss leaves out (ignore_index).")
    mean = math.fsum(overlaps) / len(overlaps)
    return Misfits(part, len(overlaps), len(truth), mean, tuple(worst), ready.step, ready.checkpoint)


def judge(ready: Ready, index: int, scores: Tensor, truth: Tensor) -> Misfit | None:
    """How well the mask of one sample fits; None where none of its pixels count. A thing that is in neither mask fits."""
    question = ready.question
    count = len(name_pixels(question, ready.preparations[question.target]))
    found = find_mask(scores, question.scores)
    true = truth.reshape(found.shape).round().long()
    counted = find_counted(true, count, question.ignored)
    if not counted.any():
        return None
    overlap = average(measure_overlaps(found, true, count, question.ignored))
    loss = measure_loss(scores.reshape(-1, *found.shape)[:, counted].T, true[counted], question.scores)
    return Misfit(index, found, true, 1.0 if overlap is None else overlap, loss)


def measure_loss(scores: Tensor, true: Tensor, meaning: str) -> float:
    """The mean cross-entropy of pixels, of some at a time: (P, scores) against the true classes (P)."""
    size = max(1, MOST_NUMBERS // scores.shape[1])
    pairs = zip(torch.split(scores, size), torch.split(true, size), strict=True)
    sure = torch.cat([read_confidences(some, meaning).gather(1, classes[:, None]) for some, classes in pairs])
    return float(-sure.clamp(min=torch.finfo(torch.float64).tiny).log().mean())
