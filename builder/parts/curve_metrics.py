"""Metrics of whole curves: how well scores put the samples of a class before all others, whatever the threshold."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.metrics import KeepingMetric, fold_classes, is_binary

AT_ONCE = 2**22
"""How many scores are sorted at once: classes one by one take ten times as long where there are many of them."""


class CurveMetric(KeepingMetric):
    """The area under a curve; for several classes the mean over them, each against all others, on probabilities."""

    def __init__(self, scores: str = "logits", axis: int = 1) -> None:
        super().__init__()
        self.scores, self.axis = scores, axis

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of scores and true classes."""
        table = input.detach()
        if is_binary(input, target):
            table = table.reshape(-1, 1)
        else:
            table = fold_classes(table, self.axis).double()
            table = table.softmax(1) if self.scores == "logits" else table
        self.keep(scores=table.double(), target=target.reshape(-1).long())

    def compute(self) -> float:
        """The area, from 0 to 1; classes for which it says nothing are left out."""
        state = self.state_dict()
        if not state:
            return float("nan")
        table, target = state["scores"], state["target"]
        if table.shape[1] <= 2:  # two classes share one curve
            return self.measure(table[:, -1:].T, target == 1).item()
        classes = torch.arange(table.shape[1], device=table.device)
        some = max(1, AT_ONCE // len(table))
        areas = [self.measure(table[:, part].T, target == part[:, None]) for part in torch.split(classes, some)]
        return torch.cat(areas).nanmean().item()

    def measure(self, scores: Tensor, positive: Tensor) -> Tensor:
        """The areas of several curves. Shapes: both (curves, samples), and the result (curves)."""
        raise NotImplementedError


class AUROC(CurveMetric):
    """The probability that a sample of a class gets a larger score for it than a sample of another class."""

    def measure(self, scores: Tensor, positive: Tensor) -> Tensor:
        """The areas from the ranks of the positive samples; equal scores share their rank. NaN without both kinds."""
        scores = scores.contiguous()
        ordered = scores.sort(1).values
        below, up_to = torch.searchsorted(ordered, scores), torch.searchsorted(ordered, scores, right=True)
        ranks = (below + up_to + 1).double() / 2
        positives = positive.sum(-1).double()
        negatives = scores.shape[1] - positives
        area: Tensor = ((ranks * positive).sum(1) - positives * (positives + 1) / 2) / (positives * negatives)
        return area


class AveragePrecision(CurveMetric):
    """The precision at every sample of a class that is found, from the largest score down, on average.

    Unlike the area under the ROC curve it does not look good by the many samples of the other classes that are easy.
    """

    def measure(self, scores: Tensor, positive: Tensor) -> Tensor:
        """The mean precision at the thresholds of the positive samples; equal scores share one. NaN without a positive."""
        scores, positive = scores.contiguous(), positive.expand(scores.shape)
        ordered, order = scores.sort(1)
        rest = scores.shape[1] - torch.searchsorted(ordered, scores)  # samples with this score or a larger one
        found = positive.gather(1, order).flip(1).cumsum(1)  # positives among the largest scores
        precision = found.gather(1, rest - 1).double() / rest
        area: Tensor = (precision * positive).sum(1) / positive.sum(1)
        return area
