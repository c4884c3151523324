"""Random numbers and constants for as many samples as a batch has, where the batch is."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


def draw_noise(like: Tensor, size: Sequence[int], deviation: float = 1.0, seed: int | None = None) -> Tensor:
    """Numbers of the normal distribution with mean zero, (B, size); with a seed always the same ones."""
    own = None if seed is None else torch.Generator(like.device).manual_seed(seed)
    noise = torch.randn(len(like), *size, device=like.device, generator=own)
    return noise if deviation == 1.0 else noise * deviation


def draw_uniform(like: Tensor, size: Sequence[int], low: float = 0.0, high: float = 1.0) -> Tensor:
    """Numbers from ``low`` to below ``high``, (B, size)."""
    share = torch.rand(len(like), *size, device=like.device)
    return share if (low, high) == (0.0, 1.0) else low + (high - low) * share


def draw_integers(like: Tensor, size: Sequence[int], high: int, low: int = 0) -> Tensor:
    """Whole numbers from ``low`` to below ``high``, (B, size)."""
    return torch.randint(low, high, (len(like), *size), device=like.device)


def repeat_rows(like: Tensor, values: Sequence[float], size: Sequence[int] = ()) -> Tensor:
    """The rows of a table one after the other and then again from the first, (B, size)."""
    rows = torch.tensor(values, device=like.device).reshape(-1, *size)
    return rows[torch.arange(len(like), device=like.device) % len(rows)]


def find_slope(output: Tensor, leaf: Tensor) -> Tensor:
    """How every value of ``leaf`` changes the sum of the outputs; it can be differentiated again."""
    return torch.autograd.grad(output.sum(), leaf, create_graph=True)[0]


class Reparameterize(nn.Module):
    """Draws from normal distributions, through which means and logarithms of variances (B, ...) can be learned.

    At rest it gives the means.
    """

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Draw."""
        if not self.training:
            return mean
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
