"""Encodings of position, which attention needs because it does not see order by itself."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class SinusoidalEncoding(nn.Module):
    """Adds waves of many lengths, so that every position has a pattern of its own. Nothing is learned.

    Shapes:
        (B, T, D) to (B, T, D), T of any length.

    Args:
        features: the number of features D.
        dropout: chance that a value of the sum is set to zero while training.

    Reference:
        Vaswani et al. 2017, Attention Is All You Need.
    """

    frequencies: Tensor

    def __init__(self, features: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.features = features
        self.dropout = nn.Dropout(dropout)
        exponents = torch.arange(0, features, 2, dtype=torch.float32) / features
        self.register_buffer("frequencies", torch.exp(-math.log(10_000.0) * exponents), persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """Add the waves."""
        positions = torch.arange(input.shape[1], dtype=torch.float32, device=input.device)
        angles = positions.unsqueeze(1) * self.frequencies
        waves = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)[:, : self.features]
        output: Tensor = self.dropout(input + waves.to(input.dtype))
        return output


class LearnedEncoding(nn.Module):
    """Adds a learned vector for every position up to a largest one.

    Shapes:
        (B, T, D) to (B, T, D), T at most ``max_length``.

    Args:
        features: the number of features D.
        max_length: the largest number of positions.
        dropout: chance that a value of the sum is set to zero while training.
    """

    def __init__(self, features: int, max_length: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, input: Tensor) -> Tensor:
        """Add the vectors of the positions that are there. Raises ValueError where there are more than are known."""
        if input.shape[1] > len(self.weight):
            raise ValueError(
                f"{len(self.weight)} positions are known, and there are {input.shape[1]}. Raise max_length."
            )
        output: Tensor = self.dropout(input + self.weight[: input.shape[1]])
        return output
