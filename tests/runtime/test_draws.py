"""Whatever the server builds or changes beside a run, the run's own generator gives the numbers that it would have given."""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import nn

from builder.layers.initialise import initialise
from builder.parts.augment import Augment
from runtime.draws import DRAWS, OwnDraws

MODULES: dict[str, Callable[[], nn.Module]] = {
    "Linear": lambda: nn.Linear(3, 2),
    "Conv2d": lambda: nn.Conv2d(1, 2, 3),
    "Embedding": lambda: nn.Embedding(5, 3, padding_idx=0),
    "LSTM": lambda: nn.LSTM(3, 4, 2, bidirectional=True),
    "MultiheadAttention": lambda: nn.MultiheadAttention(4, 2),
    "TransformerEncoderLayer": lambda: nn.TransformerEncoderLayer(4, 2, 8),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_built_without_the_global_generator(name: str) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    with OwnDraws(3):
        first = MODULES[name]().state_dict()
    with OwnDraws(3):
        second = MODULES[name]().state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert any(tensor.numel() > 1 and tensor.std() > 0 for tensor in first.values())


@pytest.mark.parametrize("rule", ["kaiming_normal", "xavier_uniform", "orthogonal", "normal", "trunc_normal"])
def test_every_way_to_start_draws_from_the_own_generator(rule: str) -> None:
    from builder.layers import CATALOGUE

    params: Any = CATALOGUE["Linear"].Params.model_validate({"out_features": 4, "weight_init": rule})
    torch.manual_seed(5)
    before = torch.get_rng_state()
    with OwnDraws():
        initialise(nn.Linear(6, 4), params)
    assert torch.equal(torch.get_rng_state(), before)


def test_everything_that_draws_takes_a_generator() -> None:
    probabilities = torch.full((3,), 0.5)
    arguments: dict[str, tuple[Any, ...]] = {
        **dict.fromkeys(("rand", "randn", "randperm"), (3,)),
        **dict.fromkeys(("rand_like", "randn_like", "bernoulli", "poisson"), (probabilities,)),
        "randint": (5, (3,)),
        "randint_like": (probabilities, 5),
        "normal": (probabilities, probabilities),
        "multinomial": (probabilities, 2),
        "geometric_": (probabilities, 0.5),
        "sparse_": (torch.ones(3, 3), 0.5),
    }
    torch.manual_seed(5)
    before = torch.get_rng_state()
    for function in DRAWS:
        given = arguments.get(function.__name__, (torch.full((3, 3), 0.5),))
        with OwnDraws(1):
            first = function(*deepcopy(given))
        with OwnDraws(1):
            assert torch.equal(function(*deepcopy(given)), first), function
    assert torch.equal(torch.get_rng_state(), before)


def test_a_run_in_another_thread_draws_its_own_numbers_meanwhile() -> None:
    torch.manual_seed(7)
    expected = torch.rand(40)
    torch.manual_seed(7)
    drawn: list[torch.Tensor] = []

    def draw() -> None:
        run = threading.Thread(target=lambda: drawn.append(torch.rand(1)))
        run.start()
        run.join()

    for _ in range(20):
        with OwnDraws():
            nn.Linear(3, 3)
            draw()
            Augment(flip=True, crop_padding=1, shift=0.1)(torch.rand(2, 1, 8, 8))
        draw()
    assert torch.equal(torch.cat(drawn), expected)


def test_a_generator_that_is_given_is_used() -> None:
    wanted = torch.rand(3, generator=torch.Generator().manual_seed(9))
    with OwnDraws(1):
        assert torch.equal(torch.rand(3, generator=torch.Generator().manual_seed(9)), wanted)
