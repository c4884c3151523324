"""Spaces of vectors are found by what links say, whatever networks are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.edits import apply_edits
from builder.latents import find_latents
from builder.loading import load_project
from builder.step_planner import TrainingPlan

PRESETS = Path(__file__).parents[2] / "presets"


def plan(preset: str) -> TrainingPlan:
    return TrainingPlan(load_project((PRESETS / f"{preset}.json").read_bytes()))


@pytest.mark.parametrize(
    ("preset", "found"),
    [
        ("vae", ("decoder", "z", "code", (8,), None)),
        ("conditional_vae", ("decoder", "z", "code", (8,), "label")),
        ("autoencoder", ("decoder", "code", "code", (16,), None)),
        ("dcgan", ("generator", "noise", "noise", (100,), None)),
        ("wgan_gp", ("generator", "noise", "noise", (100,), None)),
        ("conditional_gan", ("generator", "noise", "noise", (100,), "label")),
    ],
)
def test_what_pictures_are_made_of_is_a_space(preset: str, found: tuple[object, ...]) -> None:
    (latent,) = find_latents(plan(preset))
    assert (latent.network, latent.port, latent.kind, latent.shape, latent.label) == found
    assert latent.image == "image" and len(latent.classes) == (10 if latent.label else 0)


@pytest.mark.parametrize(
    "preset", ["mnist_cnn", "simclr", "distillation", "cyclegan", "pix2pix", "diffusion", "denoising_autoencoder"]
)
def test_where_no_network_makes_pictures_of_a_vector_there_is_none(preset: str) -> None:
    assert find_latents(plan(preset)) == []


def test_networks_and_nodes_may_bear_any_names() -> None:
    project = load_project((PRESETS / "vae.json").read_bytes())
    renamed = apply_edits(
        project,
        [
            {"op": "rename_graph", "name": "decoder", "to": "painter"},
            {"op": "rename_graph", "name": "encoder", "to": "reader"},
            {"op": "rename_node", "graph": "training", "id": "z", "to": "dream"},
        ],
    )
    (latent,) = find_latents(TrainingPlan(renamed))
    assert (latent.network, latent.origin.source) == ("painter", "dream")


def test_of_a_generator_and_its_average_the_average_makes_the_pictures() -> None:
    project = load_project((PRESETS / "dcgan.json").read_bytes())
    training, networks = project.training, {**project.networks, "kept": project.networks["generator"]}
    average = training.node("generator_adam").model_copy(
        update={"id": "follow", "kind": "Average", "params": {"networks": ["kept"], "network": "generator"}}
    )
    nodes = [*training.nodes, average]
    nodes = [n.model_copy(update={"params": {**n.params, "network": "kept"}}) if n.id == "look" else n for n in nodes]
    training = training.model_copy(update={"nodes": tuple(nodes)})
    changed = project.model_copy(update={"networks": networks, "training": training})
    assert [latent.network for latent in find_latents(TrainingPlan(changed))] == ["kept"]
