"""The well-known networks of images: their sizes, and their tensors in torchvision's names, there and back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from builder.compiler import build_network
from builder.document import Project, Weights
from runtime.export.card import ELSEWHERE_FILE
from runtime.export.files import write_files
from runtime.weights.carrying import call_elsewhere
from runtime.weights.library import keep_weights
from runtime.weights.starting import foresee, name_tensors, start_networks
from tests.presets.architectures import load
from tests.presets.torchvision_names import SHAPES
from ui.training.given_weights import take_weights

PARAMETERS = {
    "resnet18_cifar": (11_173_962, 11_681_832),
    "resnet18": (11_181_642, 11_689_512),
    "resnet50": (23_528_522, 25_557_032),
    "vgg11": (128_807_306, 132_863_336),
    "mobilenet_v2": (2_236_682, 3_504_872),
    "efficientnet_b0": (4_020_358, 5_288_548),
    "densenet121": (6_964_106, 7_978_856),
    "vit_tiny": (5_526_346, 5_717_416),
    "convnext_tiny": (27_827_818, 28_589_128),
}
"""How many there are for 10 and for 1000 classes of pictures with 3 channels, of 224 × 224 pixels where that matters."""
SMALL = ["resnet18_cifar", "mobilenet_v2", "vit_tiny"]


@pytest.mark.parametrize("classes", [10, 1000])
@pytest.mark.parametrize("name", PARAMETERS)
def test_a_network_has_as_many_parameters_as_the_well_known_one(name: str, classes: int) -> None:
    with torch.device("meta"):
        network = build_network(load(name, classes, 224), "model")
    assert sum(parameter.numel() for parameter in network.parameters()) == PARAMETERS[name][classes == 1000]


@pytest.mark.parametrize("name", SHAPES)
def test_the_tensors_of_a_network_bear_torchvisions_names(name: str) -> None:
    project = load(name, 1000, 224)
    with torch.device("meta"):
        own = build_network(project, "model").state_dict()
    called = call_elsewhere(own, name_tensors(project, "model"))
    assert {called[key]: tuple(tensor.shape) for key, tensor in own.items()} == SHAPES[name](1000)


def make_up(name: str, classes: int) -> dict[str, Tensor]:
    """A file of weights in torchvision's names."""
    shapes = SHAPES[name](classes)
    return {key: torch.rand(shape) if shape else torch.tensor(7) for key, shape in shapes.items()}


def with_weights(project: Project, weights: Weights) -> Project:
    return project.with_graph("networks.model", project.networks["model"].model_copy(update={"weights": weights}))


@pytest.mark.parametrize("name", SMALL)
def test_a_file_in_torchvisions_names_that_a_person_hands_in_is_what_the_network_starts_from(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project, given = load(name, 1000, 224), make_up(name, 1000)
    save_file(given, tmp_path / "theirs.safetensors")
    with (tmp_path / "theirs.safetensors").open("rb") as file:
        edit = take_weights(project, "model", "theirs.safetensors", file)
    project = with_weights(project, Weights.model_validate(edit["fields"]["weights"]))  # type: ignore[index]
    network = build_network(project, "model")
    (sentence,) = start_networks(project, {"model": network})
    assert sentence == f'Network "model" starts from theirs.safetensors: all {len(given)} tensors carried over.'
    names = call_elsewhere(network.state_dict(), name_tensors(project, "model"))
    assert all(torch.equal(tensor, given[names[key]]) for key, tensor in network.state_dict().items())


def test_of_weights_for_other_classes_all_but_the_last_layer_is_carried_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = load("mobilenet_v2", 10, 64)
    names = project.networks["model"].weights
    assert names is not None
    weights = keep_weights(make_up("mobilenet_v2", 1000), "ImageNet", names.names)
    carried = foresee(with_weights(project, weights), "model", weights)
    assert carried.fresh == carried.unused == ()
    assert [text.split(" ")[0] for text in carried.misshapen] == ["classifier.weight", "classifier.bias"]


@pytest.mark.parametrize("name", SMALL)
def test_what_is_taken_home_holds_the_weights_in_torchvisions_names_too(name: str, tmp_path: Path) -> None:
    project = load(name, 10, 224)
    state = build_network(project, "model").state_dict()
    assert write_files(project, {"model": state}, {}, tmp_path) == {}
    written = load_file(tmp_path / ELSEWHERE_FILE)
    assert {key: tuple(tensor.shape) for key, tensor in written.items()} == SHAPES[name](10)
    assert sorted(load_file(tmp_path / "model.safetensors")) == sorted(state)
    assert ELSEWHERE_FILE in (tmp_path / "MODEL_CARD.md").read_text()


def test_the_weights_that_were_taken_home_can_be_handed_in_by_either_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    project = load("resnet18_cifar", 10)
    state = build_network(project, "model").state_dict()
    write_files(project, {"model": state}, {}, tmp_path)
    for file in ("model.safetensors", ELSEWHERE_FILE):
        weights = keep_weights(load_file(tmp_path / file), file)
        assert foresee(with_weights(project, weights), "model", weights).is_whole
