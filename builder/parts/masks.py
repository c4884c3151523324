"""Masks of pictures: how well two of them cover each other, as metrics and as a loss. Needs only torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from builder.parts.metrics import ClassScore, divide, find_places


class MaskScore(ClassScore):
    """A score of the classes of pixels.

    Pixels whose true class is ``ignore_index`` count for nothing, whatever they are taken for, and that class is in no
    average. A pixel of another class that is taken for it is missed.
    """

    def __init__(
        self,
        average: str = "macro",
        threshold: float = 0.5,
        scores: str = "logits",
        axis: int = 1,
        ignore_index: int | None = None,
    ) -> None:
        super().__init__(average, threshold, scores, axis)
        self.ignore_index = ignore_index

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch; pixels of a mask that was made smaller lie between 0 and 1 at its edges and are rounded."""
        truth, places = target.round(), find_places(target, lengths)
        if self.ignore_index is not None:
            ignored = truth == self.ignore_index
            truth, places = truth.masked_fill(ignored, 0), places & ~ignored.reshape(-1)
        self.tally(input, truth, places)

    def find_counts(self) -> tuple[Tensor, Tensor, Tensor]:
        """The hits, the predictions and the pixels of each class: none of the one that is ignored."""
        hits, predicted, actual = super().find_counts()
        if self.ignore_index is not None and 0 <= self.ignore_index < len(predicted):
            predicted[self.ignore_index] = 0
        return hits, predicted, actual


class IoU(MaskScore):
    """Of the pixels that are of a class in either mask, the part that is of it in both."""

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Hits over everything that is of the class in either."""
        return divide(hits, predicted + actual - hits)


class Dice(MaskScore):
    """Twice the pixels that both masks have, over those of each."""

    def score(self, hits: Tensor, predicted: Tensor, actual: Tensor) -> Tensor:
        """Twice the hits over the pixels found and the true ones."""
        return divide(2 * hits, predicted + actual)


class DiceLoss(nn.Module):
    """How far masks are from covering each other, from plain scores: 0 where they do, 1 where they share nothing.

    Shapes:
        input: (B, ...) plain scores. target: as many numbers from 0 to 1.

    Args:
        smooth: added above and below the line, so that two empty masks cover each other.

    Reference:
        Milletari et al. 2016, V-Net.
    """

    def __init__(self, smooth: float = 1.0) -> None:
        super().__init__()
        self.smooth = smooth

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over the pictures of the batch."""
        found = input.sigmoid().flatten(1)
        truth = target.to(input.dtype).reshape(found.shape)
        both, either = (found * truth).sum(1), found.sum(1) + truth.sum(1)
        return torch.mean(1 - (2 * both + self.smooth) / (either + self.smooth))


class ClassDiceLoss(nn.Module):
    """How far masks of several classes are from covering the true ones, from plain scores: each class by itself, then their mean.

    Shapes:
        input: (B, classes, ...) plain scores. target: (B, ...) the number of the true class.

    Args:
        smooth: added above and below the line, so that a class that is in neither mask costs nothing.
        ignore_index: pixels of this class count for nothing.

    Reference:
        Milletari et al. 2016, V-Net.
    """

    def __init__(self, smooth: float = 1.0, ignore_index: int = -100) -> None:
        super().__init__()
        self.smooth = smooth
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The mean over the classes of every picture of the batch."""
        numbers = torch.arange(input.shape[1], device=input.device)
        counted = (target != self.ignore_index).unsqueeze(-1)
        found = (input.softmax(1).movedim(1, -1) * counted).flatten(1, -2)
        truth = ((target.unsqueeze(-1) == numbers) & counted).to(input.dtype).flatten(1, -2)
        both, either = (found * truth).sum(1), found.sum(1) + truth.sum(1)
        return torch.mean(1 - (2 * both + self.smooth) / (either + self.smooth))
