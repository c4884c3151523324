"""Tensors that are learned by themselves and do not follow from any input."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class LearnedTensor(nn.Module):
    """Gives every sample of a batch the same learned tensor.

    Shapes:
        (B, ...) to (B, *shape): of the input only B is looked at.

    Args:
        shape: the sizes of the tensor, without the batch axis.
        batch_axis: whether the weight is kept with an axis of size 1 for the batch.
    """

    def __init__(self, shape: tuple[int, ...], batch_axis: bool = False) -> None:
        super().__init__()
        self.shape = shape
        self.weight = nn.Parameter(torch.empty((1, *shape) if batch_axis else shape))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, input: Any) -> Tensor:
        """The tensor, once for every sample."""
        return self.weight.expand(len(input), *self.shape)
