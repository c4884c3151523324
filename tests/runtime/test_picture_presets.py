"""Presets that make pictures of pictures, on the data that they come with, beside the loop that a person would write."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from runtime.data.prepare import prepare
from runtime.runs.project_file import read_project
from runtime.session import Session
from tests.runtime.algorithm_parts import Networks
from tests.runtime.preset_algorithms import judge, step_on

STEPS = 20
ENLARGING_STEPS = 1080
"""60 epochs of the 18 batches of 16 that 287 pictures make."""
Losses = dict[str, Tensor]


def translate_by_hand(networks: Networks) -> Callable[[Tensor, Tensor], Losses]:
    """Isola et al.: a discriminator that sees the sketch too, and a generator that stays near what is true."""
    g, d = networks["generator"], networks["discriminator"]
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999)) for net in (g, d))

    def step(sketch: Tensor, picture: Tensor) -> Losses:
        made = g(sketch)
        real_loss, made_loss = judge(d(picture, sketch), 1.0), judge(d(made.detach(), sketch), 0.0)
        discriminator_loss = (real_loss + made_loss) / 2
        step_on(d_adam, discriminator_loss)
        fool, distance = judge(d(made, sketch), 1.0), functional.l1_loss(made, picture)
        generator_loss = fool + 100 * distance
        step_on(g_adam, generator_loss)
        rival = {"real_loss": real_loss, "made_loss": made_loss, "discriminator_loss": discriminator_loss}
        return {**rival, "fool": fool, "distance": distance, "generator_loss": generator_loss}

    return step


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
    enlarge, d = networks["enlarge"], networks["discriminator"]
    adam = torch.optim.Adam(enlarge.parameters(), lr=1e-3)
    d_adam = torch.optim.Adam(d.parameters(), lr=2e-4, betas=(0.5, 0.999))

    def step(image: Tensor) -> Losses:
        made = enlarge(functional.avg_pool2d(image, 2))
        real_loss, made_loss = judge(d(image), 1.0), judge(d(made.detach()), 0.0)
        discriminator_loss = (real_loss + made_loss) / 2
        step_on(d_adam, discriminator_loss)
        distance, fool = functional.l1_loss(made, image), judge(d(made), 1.0)
        generator_loss = distance + 0.001 * fool
        step_on(adam, generator_loss)
        rival = {"real_loss": real_loss, "made_loss": made_loss, "discriminator_loss": discriminator_loss}
        return {**rival, "distance": distance, "fool": fool, "generator_loss": generator_loss}

    return step


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
