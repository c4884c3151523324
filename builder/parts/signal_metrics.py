"""Metrics of pictures and other signals that are to come out as they were."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.metrics import Metric

LEAST = 1e-10
"""A squared error below which a picture counts as perfect: 100 dB."""


class PSNR(Metric):
    """How far a signal stands above what is wrong with it, in decibels, the mean over all samples.

    ``range`` is the distance between the lowest and the highest value that there can be.
    """

    def __init__(self, range: float = 1.0) -> None:
        super().__init__()
        self.range = range

    def update(self, input: Tensor, target: Tensor) -> None:
        """Add a batch of signals and what they should be."""
        error = (input - target).double().square().flatten(1).mean(1).clamp(min=LEAST)
        decibels = 10 * torch.log10(self.range**2 / error)
        self.add(decibels=decibels.sum(), total=torch.full((), len(error), dtype=torch.int64, device=error.device))

    def compute(self) -> float:
        """The mean, in decibels."""
        return self.ratio("decibels", "total")
