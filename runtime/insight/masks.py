"""A mask that a network finds in a picture, for a screen: in colour over the picture, beside the true one where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from builder.answering import Question, name_pixels
from builder.parts.mask_pictures import choose_colour, draw_mask, find_mask, lay_mask_over, measure_shares, write_colour
from builder.parts.preparation import Preparation, open_image

MOST_SIDE = 640
"""Pixels along the longer side of what is shown; the mask itself is as large as the picture."""


@dataclass(frozen=True)
class PixelClass:
    """A class of pixels: its colour as ``#rrggbb``, its share of the picture, and its intersection over union where known."""

    name: str
    colour: str
    share: float
    overlap: float | None = None


@dataclass(frozen=True)
class Masked:
    """A mask as a palette picture, laid over the picture, and the true mask laid over it.

    ``overlap`` is the intersection over union: of the thing where there is one, else the mean over the classes that occur.
    """

    mask: Any
    overlay: Any
    classes: tuple[PixelClass, ...]
    truth: Any = None
    overlap: float | None = None


def show_mask(question: Question, target: Preparation, scores: Tensor, picture: Any, truth: Any = None) -> Masked:
    """What a network's scores say about the pixels of a picture.

    Args:
        question: what the network was asked.
        target: how masks are prepared.
        scores: what it said about this picture.
        picture: as it was given.
        truth: the true mask as the data has it, where it is known.
    """
    names, found = name_pixels(question, target), find_mask(scores, question.scores)
    whole = open_image(picture)
    shown = whole.copy()
    shown.thumbnail((MOST_SIDE, MOST_SIDE))
    true = None if truth is None else target.prepare(truth).reshape(found.shape).round().long()
    overlaps: list[float | None] = [None] * len(names)
    if true is not None:
        overlaps = measure_overlaps(found, true, len(names), question.ignored)
    classes = tuple(
        PixelClass(name, write_colour(choose_colour(number)), share, overlap)
        for number, ((name, share), overlap) in enumerate(
            zip(measure_shares(found, names).items(), overlaps, strict=True)
        )
    )
    covered = None if true is None else lay_mask_over(shown, draw_mask(true, shown.size))
    overlay = lay_mask_over(shown, draw_mask(found, shown.size))
    return Masked(draw_mask(found, whole.size), overlay, classes, covered, average(overlaps))


def measure_overlaps(found: Tensor, true: Tensor, count: int, ignored: Sequence[int] = ()) -> list[float | None]:
    """The intersection over union of each class over the pixels that count; None of one that is in neither mask, or ignored."""
    counted = find_counted(true, count, ignored)
    found, true = found[counted], true[counted]
    both, one, other = (torch.bincount(mask, minlength=count)[:count] for mask in (true[found == true], found, true))
    shares = zip(both.tolist(), (one + other - both).tolist(), strict=True)
    return [a / b if b and number not in ignored else None for number, (a, b) in enumerate(shares)]


def find_counted(true: Tensor, count: int, ignored: Sequence[int]) -> Tensor:
    """Which pixels of a true mask are of one of so many classes, and of one that counts."""
    return (true >= 0) & (true < count) & ~torch.isin(true, torch.tensor(ignored, dtype=true.dtype))


def average(overlaps: Sequence[float | None]) -> float | None:
    """The overlap of the one thing, or the mean over the classes that occur."""
    known = [overlap for overlap in (overlaps[1:] if len(overlaps) == 2 else overlaps) if overlap is not None]
    return sum(known) / len(known) if known else None
