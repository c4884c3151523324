"""Losses and penalties that PyTorch does not have under one name: they take the shapes that data really has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


class MatchedTarget(nn.Module):
    """Gives the target the shape and dtype of the input: ``(B,)`` and ``(B, 1)`` would else broadcast to ``(B, B)``."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """Compare input and target element by element."""
        matched: Tensor = super().forward(input, target.to(input.dtype).view_as(input))
        return matched


class MatchedMSELoss(MatchedTarget, nn.MSELoss):
    """Mean squared error of ``(B, 1)`` against ``(B,)``."""


class MatchedL1Loss(MatchedTarget, nn.L1Loss):
    """Mean absolute error of ``(B, 1)`` against ``(B,)``."""


class MatchedSmoothL1Loss(MatchedTarget, nn.SmoothL1Loss):
    """Smooth L1 loss of ``(B, 1)`` against ``(B,)``."""


class MatchedHuberLoss(MatchedTarget, nn.HuberLoss):
    """Huber loss of ``(B, 1)`` against ``(B,)``."""


class MatchedBCELoss(MatchedTarget, nn.BCELoss):
    """Binary cross-entropy of probabilities ``(B, 1)`` against classes 0 and 1, ``(B,)``."""


class MatchedBCEWithLogitsLoss(MatchedTarget, nn.BCEWithLogitsLoss):
    """Binary cross-entropy of scores ``(B, 1)`` against classes 0 and 1, ``(B,)``.

    ``pos_weight`` says how much more an error on class 1 counts than one on class 0.
    """

    def __init__(self, pos_weight: float | None = None) -> None:
        super().__init__(pos_weight=None if pos_weight is None else torch.tensor(pos_weight))


class ConstantBCEWithLogitsLoss(nn.BCEWithLogitsLoss):
    """Binary cross-entropy of scores against one target for all, such as 1 for "real"."""

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target = target

    def forward(self, input: Tensor) -> Tensor:  # type: ignore[override]
        """Compare every score with the constant target."""
        return super().forward(input, torch.full_like(input, self.target))


class WeightedCrossEntropyLoss(nn.CrossEntropyLoss):
    """Cross-entropy in which each class has a weight of its own."""

    def __init__(self, weight: Sequence[float], label_smoothing: float = 0.0) -> None:
        super().__init__(weight=torch.tensor(weight), label_smoothing=label_smoothing)


class WeightedNLLLoss(nn.NLLLoss):
    """Negative log-likelihood in which each class has a weight of its own."""

    def __init__(self, weight: Sequence[float]) -> None:
        super().__init__(weight=torch.tensor(weight))


class Penalty(nn.Module):
    """What all penalties on weights have: their strength, and whether biases and norms count too."""

    def __init__(self, weight: float, biases: bool = False) -> None:
        super().__init__()
        self.weight = weight
        self.biases = biases

    def forward(self, parameters: Iterable[Tensor]) -> Tensor:
        """Add up the size of the parameters."""
        sizes = [self.measure(parameter) for parameter in parameters if self.biases or parameter.ndim > 1]
        return self.weight * torch.stack(sizes).sum() if sizes else torch.zeros(())

    def measure(self, parameter: Tensor) -> Tensor:
        """The size of one parameter."""
        raise NotImplementedError


class L1Penalty(Penalty):
    """``weight`` times the sum of the absolute weights."""

    def measure(self, parameter: Tensor) -> Tensor:
        """The sum of absolute values."""
        return parameter.abs().sum()


class L2Penalty(Penalty):
    """``weight`` times the sum of the squared weights."""

    def measure(self, parameter: Tensor) -> Tensor:
        """The sum of squares."""
        return parameter.square().sum()
