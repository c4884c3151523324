"""Looks at a training: what they find, that they change nothing, and that they are seldom."""

from __future__ import annotations

import pytest
import torch

from builder.document import Project
from runtime.events import Look
from runtime.looks.looker import LONGEST_WAIT
from runtime.looks.pace import EARLY, SHORTEST_SECONDS, Pace
from runtime.looks.spread import MOST
from runtime.loop import Session, train
from tests.builder.drawn import chain, classifier, graph, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.test_loop import augmented, small_cnn, start


class Always(Pace):
    """Looks at every step."""

    def is_due(self) -> bool:
        return True


class Never(Pace):
    """Never looks."""

    def is_due(self) -> bool:
        return False


def run(project: Project, pace: Pace) -> tuple[Session, list[Look], list[object]]:
    """A whole run with looks at this pace."""
    session = start(project)
    session.looker.pace = pace
    events = list(train(session, lambda: "run"))
    return session, [event for event in events if isinstance(event, Look)], events


def sharing() -> Project:
    """Blocks with repetitions, a layer that shares another's weights, and a sum."""
    inner = graph(
        [
            node("b_in", "Input", shape=[12]),
            node("fc", "Linear", out_features=12),
            node("bend", "ReLU"),
            node("sum", "Add"),
            node("b_out", "Output"),
        ],
        "b_in -> fc",
        "fc -> bend",
        "bend -> sum.inputs.0",
        "b_in -> sum.inputs.1",
        "sum -> b_out",
    )
    model = chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features=12),
        node("stage", "Block", network="unit", repeat=2),
        node("again", "Linear", out_features=12).model_copy(update={"weights_of": None}),
        node("squash", "Tanh"),
        node("linear2", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )
    ports = {"stage": ("b_in", "b_out")}
    edges = tuple(
        link.model_copy(
            update={
                "source_port": ports.get(link.source, ("", "output"))[1],
                "target_port": ports.get(link.target, ("input", ""))[0],
            }
        )
        for link in model.edges
    )
    project = classifier(model.model_copy(update={"edges": edges}), epochs=3)
    return project.model_copy(update={"networks": {**project.networks, "unit": inner}})


PROJECTS = {
    "convolution, batch norm, dropout, augmentation": lambda: augmented(classifier(small_cnn(), epochs=3)),
    "bfloat16": lambda: classifier(small_cnn(), epochs=3, precision="bfloat16"),
    "accumulation, clipping and a schedule": lambda: classifier(
        small_cnn(),
        node("adam", "Adam", networks=["model"], accumulate=2, clip_norm=0.1, schedule={"kind": "cosine"}),
        epochs=3,
    ),
    "two optimizers in turn": lambda: two_optimizers(0, 1),
    "two optimizers together": lambda: two_optimizers(0, 0),
    "blocks that repeat": sharing,
}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_run_that_is_looked_at_in_every_step_equals_one_that_is_not_bit_for_bit(name: str) -> None:
    watched, looks, _ = run(PROJECTS[name](), Always())
    alone, none, _ = run(PROJECTS[name](), Never())
    assert looks and not none
    expected, found = alone.tensors(), watched.tensors()
    assert found.keys() == expected.keys()
    assert [key for key in expected if not torch.equal(found[key], expected[key])] == []
    assert watched.state()["updaters"] == alone.state()["updaters"]


def test_a_look_measures_what_a_step_by_hand_shows() -> None:
    project = classifier(small_cnn(), node("sgd", "SGD", networks=["model"], lr=0.5, clip_norm=1e-3), epochs=1)
    session = start(project)
    session.looker.pace = Always()
    before = session.networks["model"].linear1.weight.detach().clone()
    session.looker.run_step(session.run_step, 0)
    (look,) = session.looker.take()
    nodes = {seen["name"]: seen for seen in look.nodes}
    assert list(nodes) == ["conv1", "norm1", "relu1", "dropout1", "flatten1", "linear1"] and look.step == 1

    again = start(project)
    held = {}
    module = again.networks["model"]
    module.relu1.register_forward_hook(lambda _m, _i, out: held.setdefault("relu1", out.detach().clone()))
    batch = again.feeds["data"].next_batch()
    loss = torch.nn.functional.cross_entropy(module(batch[0]), batch[1])
    loss.backward()
    linear = module.linear1
    norm = torch.stack([p.grad.norm() for p in linear.parameters()]).norm().item()
    assert nodes["linear1"]["gradients"]["norm"] == pytest.approx(norm, rel=1e-4)
    whole = torch.cat([p.detach().reshape(-1) for p in session.networks["model"].linear1.parameters()])
    assert nodes["linear1"]["weights"]["norm"] == pytest.approx(whole.norm().item(), rel=1e-4)
    assert nodes["linear1"]["weights"]["update"] == pytest.approx(
        (session.networks["model"].linear1.weight - before).norm().item() / before.norm().item(), rel=0.05
    )
    seen = nodes["relu1"]["output"]
    picked = held["relu1"].reshape(-1)[::2]
    assert picked.numel() <= MOST < held["relu1"].numel()
    assert seen["mean"] == pytest.approx(picked.mean().item(), rel=1e-4)
    assert seen["deviation"] == pytest.approx(picked.std(correction=0).item(), rel=1e-4)
    assert (seen["least"], seen["zeros"]) == (0.0, pytest.approx((picked == 0).double().mean().item(), rel=1e-4))
    assert seen["units"] == 4 and seen["silent"] == 0.0
    assert sum(seen["histogram"]["counts"]) == picked.numel()
    assert look.rates == {"sgd": 0.5}


def test_nodes_in_blocks_are_told_apart_by_their_way_and_bear_the_names_of_their_weights() -> None:
    session, looks, _ = run(sharing(), Always())
    nodes = {seen["name"]: seen for seen in looks[-1].nodes}
    trail = [["networks.model", "stage", 1]]
    assert nodes["stage.1.fc"]["trail"] == trail and nodes["stage.1.fc"]["graph"] == "networks.unit"
    assert nodes["stage.1.fc"]["weights"]["norm"] != nodes["stage.0.fc"]["weights"]["norm"]
    assert nodes["stage.0.sum"]["output"] and nodes["stage"]["output"] and nodes["squash"]["output"]["saturated"] < 1
    weights = {name for name, seen in nodes.items() if "weights" in seen}
    assert {f"{name}.weight" for name in weights} <= set(session.networks["model"].state_dict())


def test_a_look_waits_for_the_step_of_an_optimizer_that_rests() -> None:
    slow = node("adam", "Adam", networks=["model"], accumulate=3)
    _, looks, _ = run(classifier(small_cnn(), slow, epochs=6), Always())
    assert looks and all(
        "update" in seen["weights"] for look in looks for seen in look.nodes if seen["name"] == "linear1"
    )
    assert LONGEST_WAIT >= 3


def test_silent_units_saturation_and_numbers_that_are_none_are_seen() -> None:
    session = start(classifier(small_cnn(), epochs=1))
    network = session.networks["model"]
    with torch.no_grad():
        network.norm1.bias[:3] = -100.0
        network.norm1.weight[:3] = 1e-3
        network.linear1.weight[0, 0] = torch.nan
    session.looker.pace = Always()
    session.looker.run_step(session.run_step, 0)
    nodes = {seen["name"]: seen for seen in session.looker.take()[0].nodes}
    assert nodes["relu1"]["output"]["silent"] == 0.75
    assert not nodes["flatten1"]["output"]["faulty"] and nodes["linear1"]["output"]["faulty"]


def test_after_a_look_comes_more_than_a_hundred_times_its_cost_without_one() -> None:
    now = [10.0]
    pace = Pace(lambda: now[0])
    pace.taken = EARLY
    assert pace.is_due()
    pace.rest(0.02)
    now[0] += 2.49
    assert not pace.is_due()
    now[0] += 0.02
    assert pace.is_due()
    pace.rest(0.0)
    assert pace.due == pytest.approx(now[0] + SHORTEST_SECONDS)
    now[0] += 3600
    pace.rest(0.0)
    assert pace.due - now[0] == pytest.approx(15, abs=0.1)


def test_the_first_looks_come_ten_times_as_soon() -> None:
    now = [10.0]
    pace = Pace(lambda: now[0])
    waits = []
    for _ in range(EARLY + 1):
        pace.rest(0.02)
        pace.add(0.004)
        waits.append(pace.due - now[0])
    assert waits == pytest.approx([0.3] * EARLY + [3.0])


def test_runs_of_a_session_in_pieces_are_looked_at_no_more_often_than_one_run() -> None:
    session = start(classifier(small_cnn(), epochs=40))
    looks = []
    for end in range(10, 110, 10):
        looks += [
            event
            for event in train(session, lambda end=end: "run" if session.step < end else "pause")
            if isinstance(event, Look)
        ]
    assert session.step == 100 and [look.step for look in looks] == sorted({look.step for look in looks})
    assert len(looks) < 10
