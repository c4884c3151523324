"""Stochastic depth: while training, a sample now and then skips a branch as a whole."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """Sets whole samples to zero while training, and makes the others larger so that the mean stays.

    Shapes:
        (B, ...) to (B, ...).

    Args:
        p: chance that a sample is set to zero, below 1.

    Reference:
        Huang et al. 2016, Deep Networks with Stochastic Depth.
    """

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.p = p

    def forward(self, input: Tensor) -> Tensor:
        """Draw which samples stay."""
        if not self.training or self.p == 0:
            return input
        stays = torch.empty((len(input), *[1] * (input.dim() - 1)), dtype=input.dtype, device=input.device)
        return input * stays.bernoulli_(1 - self.p).div_(1 - self.p)
