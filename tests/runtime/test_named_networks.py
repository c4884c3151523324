"""A network takes part in a run as soon as anything in training names it: a call, a penalty, a preview or an optimizer."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from builder.codegen import generate_model, generate_train
from builder.document import Node, Project
from builder.rules import check
from runtime.session import Session
from tests.builder.drawn import chain, classifier, edge, node
from tests.runtime.prepared import make_up

NETWORK = chain(node("x", "Input", shape=[2]), node("fc", "Linear", out_features=3), node("scores", "Output"))
OTHER = chain(node("x", "Input", shape=[2]), node("other", "Linear", out_features=3), node("scores", "Output"))


def with_node(added: Node, *links: str) -> Project:
    """A classifier with a second network that only this node names."""
    project = classifier(NETWORK, shape=(2,))
    training = project.training
    training = training.model_copy(
        update={"nodes": (*training.nodes, added), "edges": (*training.edges, *(edge(link) for link in links))}
    )
    return project.model_copy(update={"networks": {**project.networks, "second": OTHER}, "training": training})


NAMING: dict[str, Project] = {
    "penalty": with_node(node("penalty", "L2Penalty", networks=["second"])),
    "preview": with_node(node("surface", "DecisionSurface", network="second"), "data.x -> surface.features",
                         "data.y -> surface.target"),
    "optimizer": with_node(node("sgd", "SGD", networks=["second"]), "loss -> sgd.loss"),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMING)
def test_a_network_that_only_one_node_names_is_there_when_the_run_needs_it(name: str) -> None:
    project = NAMING[name]
    session = Session.create(project, make_up(project), torch.device("cpu"))
    assert list(session.networks) == ["model", "second"]
    session.run_step()
    session.evaluator.preview()


@pytest.mark.parametrize("name", NAMING)
def test_exported_code_has_it_too(name: str) -> None:
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(generate_model(NAMING[name]), "model.py", "exec"), space)
    assert "other.weight" in space["Second"]().state_dict()
    assert "second = Second().to(device)" in generate_train(NAMING[name])


def test_a_penalty_that_is_a_loss_trains_what_it_names() -> None:
    project = with_node(node("penalty", "L2Penalty", networks=["second"]))
    nodes = (*project.training.nodes, node("sgd", "SGD", networks=["second"], lr=0.1))
    edges = (*project.training.edges, edge("penalty -> sgd.loss"))
    project = project.with_graph("training", project.training.model_copy(update={"nodes": nodes, "edges": edges}))
    session = Session.create(project, make_up(project), torch.device("cpu"))
    before = session.networks["second"].other.weight.clone()
    session.run_step()
    assert session.networks["second"].other.weight.abs().sum() < before.abs().sum()


def test_a_network_that_a_penalty_names_and_nothing_calls_is_warned_of() -> None:
    messages = [finding.message for finding in check(NAMING["penalty"])]
    assert any(message.startswith('Network "second": the training graph never calls it') for message in messages)
