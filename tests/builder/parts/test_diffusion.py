"""Noise is added and taken away as the papers say."""

from __future__ import annotations

import pytest
import torch

from builder.parts.diffusion import AddNoise, list_shares, remove_noise


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("steps", [20, 200, 1000])
def test_a_picture_vanishes_step_by_step(schedule: str, steps: int) -> None:
    shares = list_shares(steps, schedule)
    assert shares.shape == (steps,)
    assert (shares.diff() < 0).all()
    assert shares[0] > 0.9 or steps < 100
    assert shares[-1] < 0.001


def test_the_linear_schedule_is_that_of_the_paper() -> None:
    betas = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    assert torch.allclose(list_shares(1000), (1 - betas).cumprod(0).float())


def test_noise_keeps_the_variance() -> None:
    torch.manual_seed(0)
    picture, noise = torch.randn(4000, 5), torch.randn(4000, 5)
    for step in (0, 30, 99):
        noisy = AddNoise(100)(picture, noise, torch.full((4000,), step))
        assert noisy.std() == pytest.approx(1.0, abs=0.02)


class Knowing:
    """A network that knows the one picture there is, and so which noise lies over it."""

    def __init__(self, picture: torch.Tensor, shares: torch.Tensor) -> None:
        self.picture, self.shares, self.calls = picture, shares, 0

    def __call__(self, noisy: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        share = self.shares[step].reshape(-1, 1, 1, 1)
        return (noisy - share.sqrt() * self.picture) / (1 - share).sqrt()


@pytest.mark.parametrize(("calls", "randomness"), [(100, 1.0), (100, 0.0), (7, 0.0), (7, 1.0), (1, 0.0)])
def test_whoever_knows_the_noise_finds_the_picture(calls: int, randomness: float) -> None:
    generator = torch.Generator().manual_seed(0)
    shares = list_shares(100)
    picture = torch.rand(1, 1, 4, 4, generator=generator) * 2 - 1
    knowing = Knowing(picture, shares)
    noise = torch.randn(3, 1, 4, 4, generator=generator)
    found = remove_noise(knowing, noise, shares, calls, generator, randomness, (-1.0, 1.0))
    assert torch.allclose(found, picture.expand(3, -1, -1, -1), atol=1e-3)
    assert knowing.calls == calls


def test_with_full_randomness_a_step_is_that_of_ddpm() -> None:
    shares = list_shares(50)
    noise = torch.randn(2, 1, 3, 3, generator=torch.Generator().manual_seed(1))
    found = remove_noise(lambda x, t: 0.3 * x, noise, shares, 50, torch.Generator().manual_seed(2), 1.0)
    generator = torch.Generator().manual_seed(2)
    x = noise.double()
    for t in reversed(range(50)):
        share, last = shares[t].double(), shares[t - 1].double() if t else torch.tensor(1.0).double()
        beta = 1 - share / last
        x = (x - beta / (1 - share).sqrt() * 0.3 * x) / (1 - beta).sqrt()
        if t:
            x = x + ((1 - last) / (1 - share) * beta).sqrt() * torch.randn(x.shape, generator=generator)
    assert torch.allclose(found.double(), x, rtol=1e-3, atol=1e-4)
