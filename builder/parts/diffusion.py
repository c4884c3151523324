"""Diffusion: pictures that are drowned in noise step by step, and noise that a network makes pictures of. Needs only torch."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn


def list_shares(steps: int, schedule: str = "linear") -> Tensor:
    """The share of the picture's variance that is left after each step, (steps), falling from almost 1 to almost 0.

    ``linear`` is that of Ho et al., 2020, squeezed into fewer steps; ``cosine`` that of Nichol and Dhariwal, 2021.
    """
    if schedule == "linear":
        rates = torch.linspace(0.1, 20.0, steps, dtype=torch.float64) / steps
    else:
        at = (torch.arange(steps + 1, dtype=torch.float64) / steps + 0.008) / 1.008
        left = torch.cos(at * math.pi / 2).square()
        rates = 1 - left[1:] / left[:-1]
    return torch.cumprod(1 - rates.clamp(max=0.999), 0).float()


class AddNoise(nn.Module):
    """Gives values as they are after some steps of noise.

    Shapes:
        input and noise (B, ...), step (B) whole numbers from 0; gives (B, ...).

    Reference:
        Ho, Jain and Abbeel, Denoising Diffusion Probabilistic Models, 2020.
    """

    def __init__(self, steps: int = 1000, schedule: str = "linear") -> None:
        super().__init__()
        self.shares = list_shares(steps, schedule)

    def forward(self, input: Tensor, noise: Tensor, step: Tensor) -> Tensor:
        """Mix both, so that the variance stays what it is."""
        self.shares = self.shares.to(step.device)
        share = self.shares[step].reshape(-1, *[1] * (input.ndim - 1))
        return share.sqrt() * input + (1 - share).sqrt() * noise


def remove_noise(
    network: Callable[[Tensor, Tensor], Tensor],
    noise: Tensor,
    shares: Tensor,
    calls: int,
    generator: torch.Generator,
    randomness: float = 0.0,
    bounds: tuple[float, float] | None = None,
) -> Tensor:
    """Make pictures of noise: the network says again and again what of them is noise.

    Args:
        network: called with (B, ...) and the step (B); says the noise in it.
        noise: what is begun with, (B, ...).
        shares: of ``list_shares``.
        calls: how often the network is asked; of more steps than that some are left out.
        generator: of random numbers, on the CPU.
        randomness: how much new noise comes in at each call, from 0 for none to 1 for as much as was taken away.
        bounds: the lowest and the highest value of a picture, where they are known.

    Reference:
        Song, Meng and Ermon, Denoising Diffusion Implicit Models, 2021.
    """
    picture = noise
    steps = torch.linspace(0, len(shares) - 1, min(calls, len(shares))).round().long().tolist()
    for at, before in reversed(list(zip(steps, [None, *steps[:-1]], strict=True))):
        share = shares[at].item()
        last = 1.0 if before is None else shares[before].item()
        said = network(picture, torch.full((len(noise),), at, device=noise.device)).float()
        clean = (picture - (1 - share) ** 0.5 * said) / share**0.5
        if bounds is not None:
            clean = clean.clamp(*bounds)
            said = (picture - share**0.5 * clean) / (1 - share) ** 0.5
        spread = randomness * ((1 - last) / (1 - share) * (1 - share / last)) ** 0.5
        picture = last**0.5 * clean + max(0.0, 1 - last - spread**2) ** 0.5 * said
        if spread:
            picture = picture + spread * torch.randn(noise.shape, generator=generator).to(noise.device)
    return picture
