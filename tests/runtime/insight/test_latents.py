"""Spaces that pictures are made of: samples lie where the encoder puts them, and every point is decoded."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from builder.compiler import build_network
from runtime.insight.latent_axes import blend, find_axes
from runtime.insight.latents import Explorer, list_latents
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.weights import read_snapshot
from runtime.runs.worker import work

FEW = ["run.max_steps=3", "data.main.limit=60"]


def train(home: Path, preset: str) -> RunFolder:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(home))
        folder = create_run(change_project(read_project(preset), FEW))
        assert work(folder).status == "finished"
    return folder


def explore(folder: RunFolder, home: Path) -> Explorer:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(home))
        explorer = Explorer(folder.read_project(), read_snapshot(folder))
        if explorer.latents[0].kind == "code":
            explorer.codes(0)
    return explorer


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    home = tmp_path_factory.mktemp("home")
    return explore(train(home, "conditional_vae"), home)


@pytest.fixture(scope="module")
def gan(tmp_path_factory: pytest.TempPathFactory) -> Explorer:
    home = tmp_path_factory.mktemp("home")
    return explore(train(home, "gan"), home)


def test_samples_lie_at_the_means_that_the_encoder_says_with_their_classes(conditional: Explorer) -> None:
    codes = conditional.codes(0)
    assert codes.part == "validation" and codes.values.shape == (6, 8)
    assert codes.labels is not None and len(codes.labels) == 6 and codes.classes == tuple("0123456789")
    again = conditional.encode(conditional.latents[0])
    assert torch.equal(codes.values, again.values)


def test_a_point_is_decoded_by_the_decoder_with_its_class(conditional: Explorer) -> None:
    codes = conditional.codes(0)
    shown = conditional.show(0, [{"coordinates": [0.5, -1.0]}], "7")
    network = build_network(conditional.project, "decoder").eval()
    network.load_state_dict(conditional.networks["decoder"].state_dict())
    vector = codes.axes.place([0.5, -1.0]).float()[None]
    with torch.no_grad():
        wanted = network(vector, torch.tensor([7]))[0, 0]
    assert np.array_equal(np.asarray(shown.pictures[0]), (wanted.double() * 255).round().to(torch.uint8).numpy())
    assert shown.coordinates[0] == pytest.approx([0.5, -1.0, 0, 0, 0, 0]) and shown.step == 3


def test_the_way_between_samples_begins_and_ends_at_them(conditional: Explorer) -> None:
    codes = conditional.codes(0)
    ends = [{"sample": 2}, {"sample": 4}]
    shown = conditional.show(0, [{"ends": ends, "share": share} for share in (0, 0.5, 1)], "0")
    located = codes.axes.locate(codes.values)
    assert shown.coordinates[0] == pytest.approx(located[2].tolist())
    assert shown.coordinates[2] == pytest.approx(located[4].tolist())
    assert shown.coordinates[1] == pytest.approx(((located[2] + located[4]) / 2).tolist())


def test_a_generator_goes_from_one_noise_to_another(gan: Explorer) -> None:
    ends = [{"seed": 1}, {"seed": 2}]
    shown = gan.show(0, [{"ends": ends, "share": share} for share in (0, 0.5, 1, 0)])
    pictures = [np.asarray(picture) for picture in shown.pictures]
    assert np.array_equal(pictures[0], pictures[3]) and not np.array_equal(pictures[0], pictures[2])
    assert shown.coordinates == []


@pytest.mark.parametrize(
    ("space", "points", "label", "sentence"),
    [
        (7, [{"coordinates": [0]}], "0", "no such space"),
        (0, [], "0", "From 1 to 16 points"),
        (0, [{"coordinates": [0] * 7}], "0", "at most 6 coordinates"),
        (0, [{"coordinates": ["a"]}], "0", "they are numbers"),
        (0, [{"coordinates": [math.inf]}], "0", "they are numbers"),
        (0, [{"ends": [{"sample": 0}, {"sample": 99}], "share": 0.5}], "0", "from 0 to 5"),
        (0, [{"ends": [{"sample": 0}, {"seed": 1}], "share": 0.5}], "0", 'a "sample"'),
        (0, [{"ends": [{"sample": 0}, {"sample": 1}], "share": 2}], "0", "on the way"),
        (0, [{"coordinates": [0]}], "ten", "one of the classes 0, 1"),
        (0, "all", None, "From 1 to 16 points"),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence(
    conditional: Explorer, space: Any, points: Any, label: Any, sentence: str
) -> None:
    with pytest.raises(RunError, match=sentence):
        conditional.show(space, points, label)


def test_noise_has_no_map(gan: Explorer) -> None:
    with pytest.raises(RunError, match="no place in a space of noise"):
        gan.codes(0)
    with pytest.raises(RunError, match="on the way"):
        gan.show(0, [{"coordinates": [0.0]}])


def test_a_classifier_has_no_space() -> None:
    assert list_latents(read_project("mnist_cnn")) == []


def test_looking_around_disturbs_no_random_number(conditional: Explorer) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    conditional.encode(conditional.latents[0])
    conditional.show(0, [{"coordinates": [0.0]}], "1")
    assert torch.equal(before, torch.get_rng_state())


def test_axes_of_two_numbers_are_these_and_of_more_where_samples_differ_most() -> None:
    torch.manual_seed(0)
    plane = torch.randn(200, 2, dtype=torch.float64) * torch.tensor([1.0, 4.0])
    direct = find_axes(plane)
    assert direct.is_direct and torch.equal(direct.locate(plane), plane)
    turned = torch.linalg.qr(torch.randn(5, 5, dtype=torch.float64))[0][:2]
    axes = find_axes(plane @ turned + 7)
    assert not axes.is_direct and axes.shares[0] == pytest.approx(0.94, abs=0.03)
    assert sum(axes.shares[:2]) == pytest.approx(1)
    assert abs(float(axes.directions[0] @ turned[1])) == pytest.approx(1, abs=0.05)
    assert torch.allclose(axes.place(axes.locate(axes.centre[None] + turned[:1])[0].tolist()), axes.centre + turned[0])


def test_a_space_in_which_all_samples_are_one_has_axes_too() -> None:
    axes = find_axes(torch.ones(10, 4, dtype=torch.float64))
    assert all(low < high for low, high in zip(axes.low, axes.high, strict=True)) and set(axes.shares) == {0.0}


def test_halfway_between_two_noises_lies_noise_as_long_as_they() -> None:
    torch.manual_seed(0)
    first, second = torch.randn(2, 400, dtype=torch.float64)
    assert float(blend(first, second, 0.5, on_sphere=True).norm()) == pytest.approx(20, rel=0.1)
    assert float(blend(first, second, 0.5, on_sphere=False).norm()) < 16
    assert torch.allclose(blend(first, first, 0.3, on_sphere=True), first)
