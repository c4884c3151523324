"""A node that is switched off is as if it were not there."""

from __future__ import annotations

import pytest
import torch

from builder.codegen import generate_model, generate_train
from builder.compiler import build_network
from builder.document import Graph, Project
from builder.rules import check
from builder.shape_flow import infer
from builder.step_planner import TrainingPlan
from tests.builder.drawn import chain, classifier, edge, graph, node

NETWORK = chain(
    node("x", "Input", shape="$shape"),
    node("flatten1", "Flatten"),
    node("linear1", "Linear", out_features=3),
    node("scores", "Output"),
)


def off(id: str, kind: str, **params):
    return node(id, kind, **params).model_copy(update={"bypassed": True})


def with_training(project: Project, nodes: list, *links: str, without: tuple[str, ...] = ()) -> Project:
    """The project with nodes and links added to its training graph, and the links into some ports taken out."""
    kept = [e for e in project.training.edges if f"{e.target}.{e.target_port}" not in without]
    changed = Graph(nodes=(*project.training.nodes, *nodes), edges=(*kept, *(edge(link) for link in links)))
    return project.model_copy(update={"training": changed})


PLAIN = classifier(NETWORK)
SWITCHED_OFF = {
    "augment": with_training(
        PLAIN, [off("augment", "Augment", flip=True)], "data.x -> augment.image", "augment.image -> predict.x",
        without=("predict.x",),
    ),
    "detach": with_training(
        PLAIN, [off("detach", "Detach")], "predict.scores -> detach", "detach -> loss.input", without=("loss.input",)
    ),
    "two in a row": with_training(
        PLAIN, [off("detach", "Detach"), off("again", "Detach")], "predict.scores -> detach", "detach -> again",
        "again -> loss.input", without=("loss.input",),
    ),
    "formula": with_training(
        PLAIN,
        [off("total", "Formula", expression="loss + penalty"), off("penalty", "L2Penalty", networks=["model"])],
        "loss -> total.loss", "penalty -> total.penalty", "total -> adam.loss", without=("adam.loss",),
    ),
    "metric": with_training(PLAIN, [off("again", "Accuracy")], "predict.scores -> again.input", "data.y -> again.target"),
    "second optimizer": with_training(PLAIN, [off("sgd", "SGD", networks=["model"])], "loss -> sgd.loss"),
    "a call that does not fit": with_training(PLAIN, [off("again", "Network", network="model")], "data.y -> again.x"),
    "loss of nobody": with_training(PLAIN, [off("other", "MSELoss")], "predict.scores -> other.input"),
}  # fmt: skip


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_a_training_graph_is_planned_and_printed_as_without_what_is_switched_off(name):
    project = SWITCHED_OFF[name]
    assert [f for f in check(project) if f.severity == "error"] == []
    plan, plain = TrainingPlan(project), TrainingPlan(PLAIN)
    assert plan.uses == plain.uses
    assert plan.plan_evaluation() == plain.plan_evaluation()
    assert generate_train(project) == generate_train(PLAIN)
    assert generate_model(project) == generate_model(PLAIN)


def test_the_first_input_in_the_order_of_the_ports_goes_through():
    outer = graph(
        [
            node("x", "Input", shape=[3]),
            node("linear1", "Linear", out_features=5),
            off("add1", "Add"),
            node("out", "Output"),
        ],
        "linear1 -> add1.inputs.1",
        "x -> linear1",
        "x -> add1.inputs.0",
        "add1 -> out",
    )
    project = Project(networks={"model": outer})
    assert str(infer(project)["networks.model"].nodes["add1"].outputs["output"]) == "3"
    given = torch.rand(2, 3)
    assert torch.equal(build_network(project, "model")(given), given)


def test_whether_a_layer_fits_is_of_no_interest_while_it_is_off():
    misfit = off("conv1", "Conv2d", out_channels=0)
    project = Project(networks={"model": chain(node("x", "Input", shape=[3]), misfit, node("out", "Output"))})
    assert [f for f in check(project) if f.graph == "networks.model"] == []
    given = torch.rand(2, 3)
    assert torch.equal(build_network(project, "model")(given), given)


def test_an_optional_input_that_comes_from_nothing_is_as_without_a_link():
    rows = chain(node("x", "Input", shape=[5, 4]), node("lstm1", "LSTM", hidden_size=3))
    lengths = [node("n", "Input", shape=[], dtype="int64"), off("lstm2", "LSTM", hidden_size=2), node("out", "Output")]
    network = Graph(
        nodes=(*rows.nodes, *lengths),
        edges=(*rows.edges, edge("x -> lstm2"), edge("lstm2.last -> lstm1.lengths"), edge("lstm1.last -> out")),
    )
    flow = infer(Project(networks={"model": network}))["networks.model"]
    assert str(flow.nodes["lstm1"].outputs["last"]) == "3"


def test_a_link_that_leaves_what_is_off_and_has_no_outputs_brings_nothing() -> None:
    adam = [n.model_copy(update={"bypassed": True}) if n.id == "adam" else n for n in PLAIN.training.nodes]
    training = Graph(nodes=tuple(adam), edges=(*PLAIN.training.edges, edge("adam.output -> loss.target")))
    findings = check(PLAIN.model_copy(update={"training": training}))
    assert ("S004", "adam") in {(finding.code, finding.node) for finding in findings}
