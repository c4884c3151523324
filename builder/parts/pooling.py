"""One vector for a whole sequence, whatever its length."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn


class SequencePool(nn.Module):
    """Joins the steps of a sequence into one vector; steps after its end do not count.

    Shapes:
        input (B, T, D), lengths (B,) or None; gives (B, D).

    Args:
        mode: the mean, the largest or the sum of the steps, or the last of them.
    """

    def __init__(self, mode: Literal["mean", "max", "sum", "last"] = "mean") -> None:
        super().__init__()
        self.mode = mode

    def forward(self, input: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Join the steps. A sequence of no steps counts as one of one step."""
        if lengths is None:
            lengths = torch.full(input.shape[:1], input.shape[1], device=input.device)
        steps = lengths.to(input.device).clamp(1, input.shape[1])
        if self.mode == "last":
            return input.gather(1, (steps - 1).view(-1, 1, 1).expand(-1, 1, input.shape[2])).squeeze(1)
        ended = (torch.arange(input.shape[1], device=input.device) >= steps.unsqueeze(1)).unsqueeze(2)
        if self.mode == "max":
            return input.masked_fill(ended, float("-inf")).amax(dim=1)
        total = input.masked_fill(ended, 0.0).sum(dim=1)
        return total / steps.unsqueeze(1) if self.mode == "mean" else total
