"""Metrics of numbers: how far predictions are from the truth. Behind the end of a row of a sequence nothing counts."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.metrics import Metric, find_places


class ErrorMetric(Metric):
    """A mean over all numbers of what is wrong with each."""

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of predictions and truths."""
        places = find_places(target, lengths)
        difference = torch.where(places, (input - target.view_as(input)).reshape(-1), 0.0)
        self.add(error=self.judge(difference).sum(dtype=torch.float64), total=places.sum())

    def judge(self, difference: Tensor) -> Tensor:
        """What differences count."""
        raise NotImplementedError

    def compute(self) -> float:
        """The error, 0 or more."""
        return self.ratio("error", "total")


class MeanSquaredError(ErrorMetric):
    """The mean of the squared differences."""

    def judge(self, difference: Tensor) -> Tensor:
        """Their squares."""
        return difference.square()


class RootMeanSquaredError(MeanSquaredError):
    """The root of the mean of the squared differences: in the unit of the target."""

    def compute(self) -> float:
        """The error, 0 or more: the root of the mean over everything, which no mean of roots would be."""
        return float(super().compute() ** 0.5)


class MeanAbsoluteError(ErrorMetric):
    """The mean of the absolute differences."""

    def judge(self, difference: Tensor) -> Tensor:
        """Their distance from 0."""
        return difference.abs()


class MeanAbsoluteScaledError(MeanAbsoluteError):
    """The mean absolute error in units of ``scale``: of what the naive forecast errs by on the training part.

    Below 1 a forecast is better than saying the value of one season ago again.
    """

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def compute(self) -> float:
        """The error, 0 or more."""
        return super().compute() / self.scale


class R2Score(Metric):
    """The part of the target's variance that is predicted: 1 is perfect, 0 no better than the mean, below it worse.

    Several columns count alike.
    """

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of predictions and truths."""
        truth = target.view_as(input).reshape(len(input), -1).double()
        predicted = input.reshape(len(input), -1).double()
        rows = torch.full((), len(truth), dtype=torch.int64, device=truth.device)
        self.add(total=rows, sum=truth.sum(0), square=truth.square().sum(0), error=(truth - predicted).square().sum(0))

    def compute(self) -> float:
        """The score; not a number for fewer than two samples."""
        if not self.state or self.state["total"] < 2:
            return float("nan")
        variation = self.state["square"] - self.state["sum"].square() / self.state["total"]
        scores = 1 - self.state["error"] / variation
        constant = torch.where(self.state["error"] == 0, 1.0, 0.0)
        return torch.where(variation > 0, scores, constant).mean().item()
