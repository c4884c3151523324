"""Presets that make pictures of pictures, on the data that they come with, beside the loop that a person would write."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.reference.pictures import teach_enlarger, teach_painter
from runtime.data.prepare import prepare
from runtime.runs.project_file import read_project
from runtime.session import Session
from tests.runtime.algorithm_parts import Networks
from tests.runtime.preset_algorithms import step_on

STEPS = 20
ENLARGING_STEPS = 1080
SHARPENING_STEPS = 720
"""60 epochs of the 18 batches of 16 that 287 pictures make."""
Losses = dict[str, Tensor]


def translate_by_hand(networks: Networks) -> Callable[[Tensor, Tensor], Losses]:
    """Isola et al.: pictures from sketches."""
    return teach_painter(networks["generator"], networks["discriminator"])


def enlarge_by_hand(networks: Networks) -> Callable[[Tensor], Losses]:
    """A network that enlarges, by distance alone, at a rate that falls along a cosine over all steps of the run."""
    enlarge = networks["enlarge"]
    adam = torch.optim.Adam(enlarge.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda at: (1 + math.cos(math.pi * at / ENLARGING_STEPS)) / 2)

    def step(image: Tensor) -> Losses:
        loss = functional.l1_loss(enlarge(functional.avg_pool2d(image, 2)), image)
        step_on(adam, loss)
        schedule.step()
        return {"loss": loss}

    return step


def sharpen_by_hand(networks: Networks) -> Callable[[Tensor], Losses]:
    """Ledig et al.: the same, and a discriminator that wants details."""
    return teach_enlarger(networks["enlarge"], networks["discriminator"], SHARPENING_STEPS)


BY_HAND: dict[str, Callable[[Networks], Callable[..., Losses]]] = {
    "pix2pix": translate_by_hand,
    "super_resolution": enlarge_by_hand,
    "super_resolution_gan": sharpen_by_hand,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_HAND)
def test_a_preset_that_makes_pictures_of_pictures_learns_as_a_loop_written_by_hand(name: str) -> None:
    project = read_project(name)
    source = project.data["main"]
    embedded = tuple(origin for origin in source.origins if origin.kind == "embedded")
    project = project.model_copy(update={"data": {"main": source.model_copy(update={"origins": embedded})}})
    session = Session.create(project, prepare(project), torch.device("cpu"))
    networks = {name: copy.deepcopy(network).train() for name, network in session.networks.items()}
    step, feed = BY_HAND[name](networks), session.feeds["data"]
    for number in range(STEPS):
        batch = feed.next_batch()
        drawn = session.stepper.run({"data": batch}, number, 0)
        hand = step(*(batch if isinstance(batch, tuple) else (batch,)))
        assert {key: value.item() for key, value in drawn.items()} == {key: value.item() for key, value in hand.items()}
    for network, module in networks.items():
        own = session.networks[network].state_dict()
        assert [key for key, value in module.state_dict().items() if not torch.equal(own[key], value)] == []
