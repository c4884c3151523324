"""Adding noise as a node, and a look at what is made of noise."""

from __future__ import annotations

import json

import pytest
import torch

from builder.layers.base import Misfit
from builder.tensors import BATCH, TensorSpec
from builder.training.diffusion import AddNoise, DiffusionSamples
from tests.builder.training.test_previews import decode

PICTURES = TensorSpec((BATCH, 1, 4, 4))


def test_noise_of_another_shape_is_told() -> None:
    with pytest.raises(Misfit, match="1×4×4 a sample and noise of 16 a sample"):
        AddNoise.construct(AddNoise.Params(), (PICTURES, TensorSpec((BATCH, 16)), TensorSpec((BATCH,), "int64")))


def test_samples_come_from_the_same_noise_each_time_and_leave_the_generator_of_the_run_alone() -> None:
    params = DiffusionSamples.Params(count=3, steps=40, calls=4, randomness=0.5, low=0.0, high=1.0)
    facts = {"image": {"kind": "image", "role": "input", "scaling": "unit"}}
    state = torch.get_rng_state()
    asked: list[tuple[int, ...]] = []

    def network(picture: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        asked.append((*picture.shape, *step.tolist()))
        return picture * 0.5

    first, second = (
        DiffusionSamples.payload(params, facts, torch.zeros(2, 1, 4, 6), network=network) for _ in range(2)
    )
    assert torch.equal(state, torch.get_rng_state())
    assert first == second
    assert json.loads(json.dumps(first))["type"] == "image_grid"
    assert decode(first["images"]).shape == (3, 4, 6, 1)
    assert decode(first["images"]).float().std() > 0
    assert asked[:4] == [(3, 1, 4, 6, *[step] * 3) for step in (39, 26, 13, 0)]
