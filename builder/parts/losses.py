"""Losses and penalties that PyTorch does not have under one name: they take the shapes that data really has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn


def find_padding(steps: Tensor, lengths: Tensor) -> Tensor:
    """Which steps of padded sequences lie behind their end, (B, T, 1...) for steps (B, T, ...)."""
    ended = torch.arange(steps.shape[1], device=steps.device) >= lengths.to(steps.device).unsqueeze(1)
    return ended.view(*ended.shape, *(1 for _ in steps.shape[2:]))


def average_steps(values: Tensor, lengths: Tensor) -> Tensor:
    """The mean of values (B, T, ...) over the steps that are there, each as much as any other."""
    padding = find_padding(values, lengths)
    each = values[0, 0].numel()
    return values.masked_fill(padding, 0.0).sum() / ((~padding).sum() * each).clamp(min=1)


class MatchedTarget(nn.Module):
    """Gives the target the shape and dtype of the input: ``(B,)`` and ``(B, 1)`` would else broadcast to ``(B, B)``.

    Made with ``reduction="none"`` it takes the lengths of sequences (B, T, ...) and gives the mean of the steps that are there.
    """

    def forward(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compare input and target element by element."""
        matched: Tensor = super().forward(input, target.to(input.dtype).view_as(input))
        return matched if lengths is None else average_steps(matched, lengths)


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

    def __init__(self, pos_weight: float | None = None, reduction: str = "mean") -> None:
        super().__init__(pos_weight=None if pos_weight is None else torch.tensor(pos_weight), reduction=reduction)


class ConstantBCEWithLogitsLoss(nn.BCEWithLogitsLoss):
    """Binary cross-entropy of scores against one target for all, such as 1 for "real"."""

    def __init__(self, target: float, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.target = target

    def forward(self, input: Tensor, target: None = None, lengths: Tensor | None = None) -> Tensor:  # type: ignore[override]
        """Compare every score with the constant target."""
        values = super().forward(input, torch.full_like(input, self.target))
        return values if lengths is None else average_steps(values, lengths)


class WeightedCrossEntropyLoss(nn.CrossEntropyLoss):
    """Cross-entropy in which each class has a weight of its own."""

    def __init__(self, weight: Sequence[float], label_smoothing: float = 0.0, ignore_index: int = -100) -> None:
        super().__init__(torch.tensor(weight), ignore_index=ignore_index, label_smoothing=label_smoothing)


class WeightedNLLLoss(nn.NLLLoss):
    """Negative log-likelihood in which each class has a weight of its own."""

    def __init__(self, weight: Sequence[float], ignore_index: int = -100) -> None:
        super().__init__(torch.tensor(weight), ignore_index=ignore_index)


class EachStep(nn.Module):
    """Compares scores of classes at every step of a sequence with the true ones; what lies behind its end does not count.

    Shapes:
        input (B, T, ..., C), or (B, C, T, ...) where ``dim`` is 1; target (B, T, ...); lengths (B,) or None.
    """

    ignore_index: int
    dim: int

    def forward(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> Tensor:
        """The mean over the steps that are there."""
        if lengths is not None:
            target = target.masked_fill(find_padding(target, lengths), self.ignore_index)
        scores = input.movedim(self.dim, -1).flatten(0, -2)
        loss: Tensor = super().forward(scores, target.flatten())
        return loss


class SequenceCrossEntropyLoss(EachStep, nn.CrossEntropyLoss):
    """Cross-entropy at every step of a sequence; shapes as for ``EachStep``."""

    def __init__(
        self,
        weight: Sequence[float] | None = None,
        label_smoothing: float = 0.0,
        ignore_index: int = -100,
        dim: int = -1,
    ) -> None:
        weights = None if weight is None else torch.tensor(weight)
        super().__init__(weights, ignore_index=ignore_index, label_smoothing=label_smoothing)
        self.dim = dim


class SequenceNLLLoss(EachStep, nn.NLLLoss):
    """Negative log-likelihood at every step of a sequence; shapes as for ``EachStep``."""

    def __init__(self, weight: Sequence[float] | None = None, ignore_index: int = -100, dim: int = -1) -> None:
        super().__init__(None if weight is None else torch.tensor(weight), ignore_index=ignore_index)
        self.dim = dim


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
