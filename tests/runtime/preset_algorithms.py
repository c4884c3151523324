"""Presets with several networks as they come, each beside the loop that a person would write for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from builder.document import Project
from tests.builder.drawn import source
from tests.runtime.algorithm_parts import Networks, Step, Write

PRESETS = Path(__file__).parents[2] / "presets"
FIELDS = {"image": "x", "label": "y"}


def draw(name: str) -> Project:
    """A preset over the made-up pictures ``x`` and classes ``y``."""
    project = json.loads((PRESETS / f"{name}.json").read_text(encoding="utf-8"))
    for edge in project["training"]["edges"]:
        if edge["source"] == "data":
            edge["source_port"] = FIELDS[edge["source_port"]]
    project["training"]["nodes"][0]["params"]["batch_size"] = 20
    return Project.model_validate({**project, "data": {"main": source((1, 28, 28), 10)}, "run": {"epochs": 3}})


def step_on(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Fresh gradients, backward, step."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def judge(score: Tensor, truth: float) -> Tensor:
    """The cross-entropy of scores that are all to say the same."""
    return functional.binary_cross_entropy_with_logits(score, torch.full_like(score, truth))


def name_losses(*losses: Tensor) -> dict[str, Tensor]:
    """The losses of two rivals by the names that the presets give them."""
    return dict(zip(("real_loss", "fake_loss", "discriminator_loss", "generator_loss"), losses, strict=True))


def make_adams(networks: Networks) -> tuple[torch.optim.Adam, torch.optim.Adam]:
    """One for the discriminator and one for the generator."""
    own = (networks[name].parameters() for name in ("discriminator", "generator"))
    d_adam, g_adam = (torch.optim.Adam(parameters, lr=2e-4, betas=(0.5, 0.999)) for parameters in own)
    return d_adam, g_adam


def contest_by_hand(networks: Networks) -> Step:
    """The loop of the tutorials."""
    g, d = networks["generator"], networks["discriminator"]
    d_adam, g_adam = make_adams(networks)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        fake = g(torch.randn(len(x), 100))
        real_loss, fake_loss = judge(d(x), 1.0), judge(d(fake.detach()), 0.0)
        discriminator_loss = real_loss + fake_loss
        step_on(d_adam, discriminator_loss)
        generator_loss = judge(d(fake), 1.0)
        step_on(g_adam, generator_loss)
        return name_losses(real_loss, fake_loss, discriminator_loss, generator_loss)

    return step


def conditional_by_hand(networks: Networks) -> Step:
    """The same, with classes that both networks are told."""
    g, d = networks["generator"], networks["discriminator"]
    d_adam, g_adam = make_adams(networks)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        noise, asked = torch.randn(len(x), 100), torch.randint(0, 10, (len(x),))
        fake = g(noise, asked)
        real_loss, fake_loss = judge(d(x, y), 1.0), judge(d(fake.detach(), asked), 0.0)
        discriminator_loss = real_loss + fake_loss
        step_on(d_adam, discriminator_loss)
        generator_loss = judge(d(fake, asked), 1.0)
        step_on(g_adam, generator_loss)
        return name_losses(real_loss, fake_loss, discriminator_loss, generator_loss)

    return step


def least_squares_by_hand(networks: Networks) -> Step:
    """Squared distances from what is wished."""
    g, d = networks["generator"], networks["discriminator"]
    d_adam, g_adam = make_adams(networks)

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        fake = g(torch.randn(len(x), 100))
        real_loss, fake_loss = ((d(x) - 1) ** 2).mean(), (d(fake.detach()) ** 2).mean()
        discriminator_loss = 0.5 * real_loss + 0.5 * fake_loss
        step_on(d_adam, discriminator_loss)
        generator_loss = 0.5 * ((d(fake) - 1) ** 2).mean()
        step_on(g_adam, generator_loss)
        return name_losses(real_loss, fake_loss, discriminator_loss, generator_loss)

    return step


def penalised_by_hand(networks: Networks) -> Step:
    """A critic whose slope is kept near one, and a generator that learns every third step."""
    g, critic = networks["generator"], networks["critic"]
    c_adam, g_adam = (torch.optim.Adam(net.parameters(), lr=5e-4, betas=(0.5, 0.9)) for net in (critic, g))
    count = 0

    def step(x: Tensor, y: Tensor) -> dict[str, Tensor]:
        nonlocal count
        count += 1
        noise, share = torch.randn(len(x), 100), torch.rand(len(x), 1, 1, 1)
        fake = g(noise)
        distance = critic(x).mean() - critic(fake.detach()).mean()
        place = (share * x + (1 - share) * fake).detach().requires_grad_()
        (slope,) = torch.autograd.grad(critic(place).sum(), place, create_graph=True)
        penalty = ((torch.linalg.vector_norm(slope.flatten(1), dim=1) - 1) ** 2).mean()
        critic_loss = 10 * penalty - distance
        step_on(c_adam, critic_loss)
        log = {"critic_distance": distance, "penalty": penalty, "critic_loss": critic_loss}
        if count % 3:
            return log
        generator_loss = -critic(fake).mean()
        step_on(g_adam, generator_loss)
        return {**log, "generator_loss": generator_loss}

    return step


BY_HAND: dict[str, Callable[[Networks], Step]] = {
    "dcgan": contest_by_hand,
    "conditional_gan": conditional_by_hand,
    "lsgan": least_squares_by_hand,
    "wgan_gp": penalised_by_hand,
}
PRESET_ALGORITHMS: dict[str, tuple[Project, Write]] = {name: (draw(name), write) for name, write in BY_HAND.items()}
