"""What a network learns is told by the names that the built network gives it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from builder.compiler import build_network
from builder.document import NETWORKS, Node, Project
from builder.learning import list_tensors
from builder.loading import load_project
from builder.naming import networks_in_training
from builder.shape_flow import infer
from tests.builder.drawn import chain, graph, node

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))


def list_built(project: Project, network: str) -> dict[str, int]:
    """The number of axes of everything that a built network learns."""
    with torch.device("meta"):
        module = build_network(project, network)
    return {name: parameter.ndim for name, parameter in module.named_parameters()}


def sharing(lender: str, borrower: Node) -> Node:
    """The node with the weights of another one."""
    return borrower.model_copy(update={"weights_of": lender})


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_tensors_are_called_as_in_the_built_network(path: Path) -> None:
    project = load_project(path.read_bytes())
    flows = infer(project)
    for network in networks_in_training(project):
        assert dict(list_tensors(flows[NETWORKS + network])) == list_built(project, network)


def test_what_shares_the_weights_of_another_has_none_of_its_own_and_repetitions_are_counted() -> None:
    unit = chain(node("x", "Input", shape=[4]), node("linear1", "Linear", out_features=4), node("y", "Output"))
    nodes = [
        node("x", "Input", shape=[4]),
        node("twice", "Block", network="unit", repeat=2),
        sharing("twice", node("again", "Block", network="unit", repeat=2)),
        node("linear1", "Linear", out_features=4, bias=False),
        sharing("linear1", node("linear2", "Linear", out_features=4, bias=False)),
        node("y", "Output"),
    ]
    links = ["x -> twice.x", "twice.y -> again.x", "again.y -> linear1", "linear1 -> linear2", "linear2 -> y"]
    model = graph(nodes, *links)
    project = Project(networks={"model": model, "unit": unit})
    learned = dict(list_tensors(infer(project)["networks.model"]))
    assert list(learned) == [
        *("twice.0.linear1.weight", "twice.0.linear1.bias", "twice.1.linear1.weight", "twice.1.linear1.bias"),
        "linear1.weight",
    ]
    assert learned == list_built(project, "model")
