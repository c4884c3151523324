"""Group normalisation that survives every layout of memory. Needs only torch."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class GroupNorm(nn.GroupNorm):
    """PyTorch's, for inputs in any layout.

    On the CPU, PyTorch 2.13 ends the process in the backward pass where an input that needs no gradient has its channels
    last in memory, so such an input is laid out anew.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Normalise the groups of channels."""
        if input.stride(1) == 1 and not input.requires_grad:
            # Not contiguous(): it keeps the strides of a single channel, which end the process as well.
            input = input.clone(memory_format=torch.contiguous_format)
        return super().forward(input)
