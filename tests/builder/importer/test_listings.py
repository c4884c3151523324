"""Listings as tutorials write them come in: each beside what it comes to, and with as many parameters as its class has."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from builder.compiler import build_network
from builder.document import NETWORKS, Project
from builder.foreign_names import collect_names
from builder.importer import Imported, import_source
from builder.shape_flow import infer
from runtime.weights.carrying import carry_over
from tests.builder.importer.summary import summarise

LISTINGS = sorted((Path(__file__).parent / "listings").glob("*.py"))
SHAPES = {"dcgan_generator": [100, 1, 1], "resnet": [3, 32, 32], "unet": [3, 64, 64], "mobilenet": [3, 32, 32]}
"""What goes into networks that take images of any size."""
MADE = {
    "autoencoder": "Autoencoder",
    "bidirectional_lstm": "BiLSTM",
    "cifar_cnn": "Net",
    "dcgan_generator": "Generator",
    "lightning": "LitDigits",
    "mlp_sequential": "model",
    "mobilenet": "MobileNet",
    "module_list": "DeepPerceptron",
    "resnet": "resnet18",
    "siamese": "SiameseNetwork",
    "transformer_classifier": "TransformerClassifier",
    "unet": "UNet",
    "vgg": "VGG",
    "lstm_classifier": "model",
    "gru_zero_state": "RNN",
    "squeeze_excitation": "SENet",
}
"""What makes the network of a listing that the layers here cover entirely."""


def read(path: Path) -> Imported:
    return import_source(path.read_text(encoding="utf-8"))


def make(path: Path, name: str) -> nn.Module:
    """The network as PyTorch makes it. The listings are our own files, so they may run."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = getattr(module, name)
    return made if isinstance(made, nn.Module) else made()


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: path.stem)
def test_a_listing_comes_to_its_snapshot(path: Path) -> None:
    snapshot = path.with_suffix(".txt")
    found = summarise(read(path), SHAPES.get(path.stem))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.write_text(found, encoding="utf-8")
    assert found == snapshot.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in LISTINGS if path.stem in MADE], ids=lambda path: path.stem)
def test_a_listing_has_as_many_parameters_as_its_class(path: Path) -> None:
    imported = read(path)
    project = imported.make_project()
    if path.stem in SHAPES:
        graph = project.networks[imported.main]
        first = graph.nodes[0].model_copy(update={"params": {"shape": SHAPES[path.stem]}})
        graph = graph.model_copy(update={"nodes": (first, *graph.nodes[1:])})
        project = project.with_graph(NETWORKS + imported.main, graph)
    flow = infer(project)[NETWORKS + imported.main]
    assert not [(id, known.problems) for id, known in flow.nodes.items() if known.problems]
    assert flow.parameters == sum(tensor.numel() for tensor in make(path, MADE[path.stem]).parameters())


def test_every_listing_is_either_compared_or_holds_something_that_no_layer_is() -> None:
    uncompared = [path for path in LISTINGS if path.stem not in MADE]
    assert [path.stem for path in uncompared] == ["chatty_cnn", "gpt", "odd_lines", "vae"]
    assert all(read(path).notes for path in uncompared)


SAMPLES = {
    "autoencoder": [(784,)],
    "bidirectional_lstm": [(9,)],
    "cifar_cnn": [(3, 32, 32)],
    "dcgan_generator": [(100, 1, 1)],
    "gru_zero_state": [(28, 28)],
    "lightning": [(1, 28, 28)],
    "lstm_classifier": [(9,)],
    "mlp_sequential": [(1, 28, 28)],
    "mobilenet": [(3, 32, 32)],
    "module_list": [(20,)],
    "resnet": [(3, 32, 32)],
    "siamese": [(1, 28, 28), (1, 28, 28)],
    "squeeze_excitation": [(1, 28, 28)],
    "unet": [(3, 64, 64)],
    "vgg": [(3, 32, 32)],
}
"""What goes into the listings."""


def take_over(project: Project, name: str, ours: nn.Module, theirs: nn.Module) -> None:
    """Load the weights of the listing's own class by the names that the document keeps for them."""
    names = collect_names(project, name, infer(project)[NETWORKS + name])
    own, given = ours.state_dict(), theirs.state_dict()
    carried = carry_over(own, given, names)
    assert (carried.misshapen, carried.fresh, carried.unused) == ((), (), ())
    ours.load_state_dict({key: given[other] for key, other in carried.names.items()})


@pytest.mark.parametrize("name", SAMPLES)
def test_with_equal_weights_a_listing_computes_what_its_class_computes(name: str) -> None:
    path = Path(__file__).parent / "listings" / f"{name}.py"
    imported = read(path)
    project = imported.make_project()
    if name in SHAPES:
        graph = project.networks[imported.main]
        first = graph.nodes[0].model_copy(update={"params": {"shape": SHAPES[name]}})
        graph = graph.model_copy(update={"nodes": (first, *graph.nodes[1:])})
        project = project.with_graph(NETWORKS + imported.main, graph)
    ours, theirs = build_network(project, imported.main).eval(), make(path, MADE[name]).eval()
    take_over(project, imported.main, ours, theirs)
    torch.manual_seed(5)
    words = name in ("lstm_classifier", "bidirectional_lstm")
    inputs = [torch.randint(1, 99, (4, *shape)) if words else torch.rand(4, *shape) for shape in SAMPLES[name]]
    with torch.no_grad():
        answers = [network(*inputs) for network in (ours, theirs)]
    for mine, other in zip(*(a if isinstance(a, tuple) else (a,) for a in answers), strict=True):
        torch.testing.assert_close(mine, other)
