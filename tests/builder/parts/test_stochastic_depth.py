from __future__ import annotations

import torch

from builder.parts.stochastic_depth import StochasticDepth


def test_samples_are_dropped_as_a_whole_and_the_mean_stays() -> None:
    torch.manual_seed(0)
    output = StochasticDepth(0.25)(torch.ones(20_000, 2, 3))
    assert set(output.unique().tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert torch.equal(output.amin((1, 2)), output.amax((1, 2)))
    assert abs(output.mean().item() - 1) < 0.01


def test_nothing_is_dropped_outside_training_or_without_a_chance() -> None:
    x = torch.randn(5, 4)
    assert StochasticDepth(0.9).eval()(x) is x
    assert StochasticDepth(0.0)(x) is x


def test_a_sample_that_is_dropped_teaches_nothing() -> None:
    torch.manual_seed(0)
    x = torch.ones(50, 3, requires_grad=True)
    output = StochasticDepth(0.5)(x)
    output.sum().backward()
    assert x.grad is not None and torch.equal(x.grad == 0, output == 0)
