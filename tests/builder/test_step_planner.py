"""The static list of a training step."""

from __future__ import annotations

import pytest

from builder.document import Project
from builder.plan import Backward, Evaluate, Measure, Turn, Update
from builder.step_planner import TrainingPlan
from tests.builder.drawn import chain, classifier, edge, graph, node, source

NETWORK = chain(
    node("x", "Input", shape="$shape"),
    node("flatten1", "Flatten"),
    node("linear1", "Linear", out_features=3),
    node("scores", "Output"),
)


def two_optimizers(first_order: int, second_order: int) -> Project:
    """An encoder and a decoder with an optimizer each, on one loss."""
    encoder = chain(node("x", "Input", shape=[4]), node("linear1", "Linear", out_features=2), node("code", "Output"))
    decoder = chain(node("code", "Input", shape=[2]), node("linear1", "Linear", out_features=4), node("back", "Output"))
    training = graph(
        [
            node("data", "Data", source="main", batch_size=5),
            node("encode", "Network", network="encoder"),
            node("decode", "Network", network="decoder"),
            node("loss", "MSELoss"),
            node("first", "SGD", networks=["encoder"], lr=0.1, order=first_order),
            node("second", "SGD", networks=["decoder"], lr=0.1, order=second_order),
        ],
        "data.x -> encode.x",
        "encode.code -> decode.code",
        "decode.back -> loss.input",
        "data.x -> loss.target",
        "loss -> first.loss",
        "loss -> second.loss",
    )
    networks = {"encoder": encoder, "decoder": decoder}
    return Project.model_validate({"networks": networks, "training": training, "data": {"main": source((4,))}})


def words(project: Project) -> list[str]:
    """The plan of a step in which everybody takes a turn, in words."""
    plan = TrainingPlan(project)
    found = []
    for item in plan.plan_step([Turn(id) for id in plan.updaters]).instructions:
        match item:
            case Evaluate(node=id, record=record):
                found.append(f"{id}{'*' if record else ''}")
            case Measure(node=id):
                found.append(f"measure {id}")
            case Backward(updater=id, retain=retain):
                found.append(f"backward {id}{' retain' if retain else ''}")
            case Update(updater=id):
                found.append(f"update {id}")
    return found


def test_a_classifier_is_evaluated_measured_differentiated_and_updated_once():
    assert words(classifier(NETWORK)) == [
        "data",
        "predict*",
        "loss*",
        "measure accuracy",
        "backward adam",
        "update adam",
    ]


def test_optimizers_of_one_order_share_the_evaluation_and_keep_it_for_the_second_backward():
    assert words(two_optimizers(0, 0)) == [
        "data", "encode*", "decode*", "loss*", "backward first retain", "backward second", "update first", "update second",
    ]  # fmt: skip


def test_a_later_order_evaluates_again_what_an_earlier_one_changed():
    assert words(two_optimizers(0, 1)) == [
        "data", "encode*", "decode*", "loss*", "backward first", "update first",
        "encode", "decode*", "loss*", "backward second", "update second",
    ]  # fmt: skip


def test_a_value_that_the_first_update_did_not_change_is_used_again():
    assert words(two_optimizers(1, 0)) == [
        "data", "encode*", "decode*", "loss*", "backward second", "update second",
        "decode*", "loss*", "backward first", "update first",
    ]  # fmt: skip


def held(kind: str, **params: object) -> list[str]:
    """A node that keeps what an encoder gives for a decoder that learns after the encoder was changed."""
    project = two_optimizers(0, 1)
    nodes = (*project.training.nodes, node("kept", kind, **params), node("again", "Network", network="decoder"),
             node("error", "MSELoss"))  # fmt: skip
    links = [item for item in project.training.edges if item.target != "second"]
    links += [edge("encode.code -> kept"), edge("kept -> again.code"), edge("again.back -> error.input"),
              edge("data.x -> error.target"), edge("error -> second.loss")]  # fmt: skip
    training = project.training.model_copy(update={"nodes": nodes, "edges": tuple(links)})
    return words(project.model_copy(update={"training": training}))


@pytest.mark.parametrize(("kind", "params"), [("Detach", {}), ("Buffer", {"size": 8})])
def test_what_holds_a_value_takes_it_before_it_is_changed_and_what_lies_before_is_not_evaluated_again(kind, params):
    assert held(kind, **params) == [
        "data", "encode*", "decode*", "loss*", "kept", "backward first", "update first",
        "again*", "error*", "backward second", "update second",
    ]  # fmt: skip


def test_a_detach_that_does_not_hold_asks_again():
    assert held("Detach", hold=False)[6:8] == ["encode", "kept"]


def test_a_detach_ends_the_path_of_gradients():
    project = two_optimizers(0, 0)
    cut = graph(
        [*project.training.nodes, node("stop", "Detach")],
        "data.x -> encode.x",
        "encode.code -> stop",
        "stop -> decode.code",
        "decode.back -> loss.input",
        "data.x -> loss.target",
        "loss -> first.loss",
        "loss -> second.loss",
    )
    plan = TrainingPlan(project.model_copy(update={"training": cut}))
    assert plan.gradient_path("first") == frozenset()
    assert plan.gradient_path("second") == {"decode", "loss"}


def test_validation_needs_losses_and_metrics_and_no_optimizer():
    plan = TrainingPlan(classifier(NETWORK)).plan_evaluation()
    assert plan.nodes == ("data", "predict", "loss")
    assert (plan.losses, plan.metrics) == (("loss",), ("accuracy",))


def test_a_graph_with_a_mistake_is_refused_with_the_nodes_name():
    broken = classifier(NETWORK, node("adam", "Adam", networks=["model"], lr=-1))
    with pytest.raises(ValueError, match='"adam" in the training graph'):
        TrainingPlan(broken)


def test_a_formula_that_is_drawn_is_evaluated_once_and_logged_though_no_optimizer_needs_it():
    project = two_optimizers(0, 1)
    drawn = node("distance", "Formula", expression="mean(b) - mean(x)", log=True)
    links = (edge("decode.back -> distance.b"), edge("data.x -> distance.x"))
    training = project.training
    drawn_too = training.model_copy(update={"nodes": (*training.nodes, drawn), "edges": (*training.edges, *links)})
    project = project.model_copy(update={"training": drawn_too})
    plan = TrainingPlan(project)
    assert words(project).count("distance") == 1
    assert plan.plan_step([Turn(id) for id in plan.updaters]).logged == ("loss", "distance")
    assert plan.plan_evaluation().losses == ("loss", "distance")
