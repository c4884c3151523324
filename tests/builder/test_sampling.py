"""What a project draws of random numbers is found by what links say."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import torch

from builder.codegen import generate_sample
from builder.document import Project
from builder.edits import apply_edits
from builder.loading import load_project
from builder.planner import PlanError
from builder.sampling import draw_samples, find_sampler

PRESETS = Path(__file__).parents[2] / "presets"


def read(preset: str) -> Project:
    return load_project((PRESETS / f"{preset}.json").read_bytes())


@pytest.mark.parametrize(
    ("preset", "network", "shape", "classes"),
    [
        ("gan", "generator", (100,), 0),
        ("dcgan", "generator", (100,), 0),
        ("lsgan", "generator", (100,), 0),
        ("wgan", "generator", (100,), 0),
        ("wgan_gp", "generator", (100,), 0),
        ("conditional_gan", "generator", (100,), 10),
        ("vae", "decoder", (8,), 0),
        ("conditional_vae", "decoder", (8,), 10),
        ("diffusion", "kept", (1, 16, 16), 0),
    ],
)
def test_who_makes_pictures_of_noise(preset: str, network: str, shape: tuple[int, ...], classes: int) -> None:
    found = find_sampler(read(preset))
    assert (found.network, found.shape, len(found.classes)) == (network, shape, classes)
    assert (found.source, found.image, found.deviation) == ("main", "image", 1.0)


def test_a_diffusion_is_asked_as_its_preview_asks() -> None:
    how = find_sampler(read("diffusion")).denoising
    assert how is not None
    assert (how.steps, how.schedule, how.calls, how.randomness, how.bounds) == (200, "cosine", 25, 1.0, (-1.0, 1.0))


@pytest.mark.parametrize(
    "preset", ["autoencoder", "denoising_autoencoder", "pix2pix", "cyclegan", "mnist_cnn", "simclr"]
)
def test_a_project_whose_networks_need_data_draws_nothing(preset: str) -> None:
    with pytest.raises(PlanError, match="makes pictures of noise"):
        generate_sample(read(preset))


class Remembering(torch.nn.Module):
    """Says what it was given."""

    def forward(self, *given: torch.Tensor) -> torch.Tensor:
        self.given = given
        return given[0]


def test_classes_come_in_turn_or_are_the_one_that_was_asked_for() -> None:
    sampler, network = find_sampler(read("conditional_gan")), Remembering()
    assert draw_samples(sampler, network, 12, seed=0).shape == (12, 100)
    assert network.given[1].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    draw_samples(sampler, network, 3, seed=0, label="7")
    assert network.given[1].tolist() == [7, 7, 7]


def test_noise_is_as_wide_as_the_training_graph_draws_it() -> None:
    edit = {"op": "set_param", "graph": "training", "id": "noise", "name": "deviation", "value": 0.5}
    edits = [edit, {**edit, "id": "fixed_noise"}]
    wide, narrow = read("gan"), apply_edits(read("gan"), edits)
    network = Remembering()
    both = [draw_samples(find_sampler(project), network, 4, seed=2) for project in (wide, narrow)]
    assert torch.equal(both[0] * 0.5, both[1])
    assert "noise = 0.5 * torch.randn(count, 100, generator=generator)" in generate_sample(narrow)


def test_a_network_may_be_called_like_something_in_the_script() -> None:
    renamed = apply_edits(read("gan"), [{"op": "rename_graph", "name": "generator", "to": "Path"}])
    assert "from model import Path2\n" in generate_sample(renamed)


def test_names_of_a_project_are_words_and_nothing_else() -> None:
    project = read("conditional_gan")
    main, hostile = project.data["main"], '")]\nimport os\n"""%(prog)s \\'
    assert main.facts is not None
    facts = {name: known.model_copy(update={"classes": (hostile, "b")} if known.classes else {})
             for name, known in main.facts.fields.items()}  # fmt: skip
    data = {"main": main.model_copy(update={"facts": main.facts.model_copy(update={"fields": facts})})}
    tree = ast.parse(generate_sample(project.model_copy(update={"name": hostile, "data": data})))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    values = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert "os" not in imported and hostile in values
