"""Losses of networks that train against each other are told from those that are better lower."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.contests import Contests
from builder.loading import load_project

PRESETS = Path(__file__).parents[2] / "presets"
CONTESTED = {
    "dcgan": {"real_loss", "fake_loss", "discriminator_loss", "generator_loss"},
    "wgan_gp": {"critic_loss", "generator_loss"},
    "vae": set(),
    "simclr": set(),
    "distillation": set(),
    "diffusion": set(),
    "mnist_cnn": set(),
}


@pytest.mark.parametrize("preset", CONTESTED)
def test_losses_that_ask_a_judge_of_rivals_are_contested(preset: str) -> None:
    training = load_project((PRESETS / f"{preset}.json").read_bytes()).training
    contests = Contests(training)
    found = {node.id for node in training.nodes if node.id.endswith("loss") and contests.is_contested(node.id)}
    assert found == CONTESTED[preset]


@pytest.mark.parametrize(
    ("preset", "judges"),
    [
        ("pix2pix", {"discriminator"}),
        ("cyclegan", {"judge_plain", "judge_striped"}),
        ("super_resolution_gan", {"discriminator"}),
    ],
)
def test_what_is_compared_with_the_data_stays_better_lower_beside_a_judge(preset: str, judges: set[str]) -> None:
    training = load_project((PRESETS / f"{preset}.json").read_bytes()).training
    contests = Contests(training)
    assert contests.judges.keys() == judges
    compared = [node.id for node in training.nodes if node.kind in ("L1Loss", "MSELoss")
                and "target" in contests.view.incoming(node.id)]  # fmt: skip
    assert compared and not any(contests.is_contested(id) for id in compared)


def test_two_optimizers_of_one_loss_are_no_rivals() -> None:
    project = load_project((PRESETS / "autoencoder.json").read_bytes())
    second = project.training.node("adam").model_copy(update={"id": "second", "params": {"networks": ["decoder"]}})
    nodes = (*project.training.nodes, second)
    link = next(edge for edge in project.training.edges if edge.target == "adam")
    edges = (*project.training.edges, link.model_copy(update={"target": "second"}))
    assert Contests(project.training.model_copy(update={"nodes": nodes, "edges": edges})).judges == {}
