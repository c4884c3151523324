"""The peak signal-to-noise ratio, picture by picture."""

from __future__ import annotations

import math

import pytest
import torch

from builder.parts.signal_metrics import PSNR


def test_it_is_the_mean_of_what_each_picture_has_whatever_the_batches() -> None:
    torch.manual_seed(0)
    pictures, wished = torch.rand(7, 3, 4, 4), torch.rand(7, 3, 4, 4)
    metric = PSNR()
    for part in (slice(0, 4), slice(4, 7)):
        metric.update(pictures[part], wished[part])
    errors = [((a - b) ** 2).mean().item() for a, b in zip(pictures, wished, strict=True)]
    assert metric.compute() == pytest.approx(sum(10 * math.log10(1 / error) for error in errors) / 7, abs=1e-4)


def test_half_the_squared_error_is_three_decibels_more_and_a_perfect_picture_has_an_end() -> None:
    wished = torch.zeros(1, 1, 2, 2)
    found = []
    for error in (0.1, 0.1 / 2**0.5, 0.0):
        metric = PSNR(range=2.0)
        metric.update(wished + error, wished)
        found.append(metric.compute())
    assert found[0] == pytest.approx(10 * math.log10(4 / 0.01))
    assert found[1] - found[0] == pytest.approx(3.01, abs=0.01)
    assert found[2] == pytest.approx(10 * math.log10(4 / 1e-10))
