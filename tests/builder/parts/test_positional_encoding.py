"""Encodings of position."""

from __future__ import annotations

import math

import pytest
import torch

from builder.parts.positional_encoding import LearnedEncoding, SinusoidalEncoding


def test_the_waves_are_those_of_the_paper() -> None:
    waves = SinusoidalEncoding(6)(torch.zeros(1, 50, 6))[0]
    for t, i in [(0, 0), (7, 0), (31, 1), (49, 2)]:
        angle = t / 10_000 ** (2 * i / 6)
        assert math.isclose(waves[t, 2 * i].item(), math.sin(angle), abs_tol=1e-5)
        assert math.isclose(waves[t, 2 * i + 1].item(), math.cos(angle), abs_tol=1e-5)


def test_an_odd_number_of_features_leaves_out_the_last_cosine() -> None:
    assert torch.allclose(
        SinusoidalEncoding(5)(torch.zeros(1, 9, 5))[0, :, 4], (torch.arange(9) / 10_000 ** (4 / 5)).sin()
    )


def test_waves_are_no_part_of_the_weights() -> None:
    assert not SinusoidalEncoding(6).state_dict()


def test_a_learned_encoding_adds_the_vector_of_each_place() -> None:
    module = LearnedEncoding(4, max_length=10)
    assert torch.equal(module(torch.zeros(2, 7, 4))[1], module.weight[:7])


def test_more_places_than_are_known_are_told() -> None:
    with pytest.raises(ValueError, match="10 positions are known, and there are 11"):
        LearnedEncoding(4, max_length=10)(torch.zeros(2, 11, 4))
