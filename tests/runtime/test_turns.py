"""Optimizers that do not act at every step: ``when`` against loops written by hand."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from builder.document import Project
from builder.parts.sampler import order_samples, split_batches
from runtime.events import Ended, Scalars
from tests.builder.drawn import chain, classifier, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.prepared import make_up
from tests.runtime.test_loop import run_all, start

EPOCHS = 4
WHENS = [
    {"every": 2},
    {"from": 3},
    {"every": 2, "from": 3, "until": 9},
    {"every": 2, "unit": "epoch"},
    {"from": 10_000},
]


def is_turn(when: dict, step: int, epoch: int) -> bool:
    """The meaning of ``when``, in as many words as it takes."""
    at = epoch if when.get("unit") == "epoch" else step
    return (at + 1) % when.get("every", 1) == 0 and when.get("from", 0) <= at < when.get("until", 10**9)


def rows_of(events, name: str = "loss") -> list[tuple[int, float]]:
    """The steps at which a loss was logged, and its values."""
    scalars = [e for e in events if isinstance(e, Scalars) and e.split == "train" and name in e.values]
    return [(e.step, e.values[name]) for e in scalars]


def batches_of(project: Project, batch: int):
    """Number of the step, number of the epoch, and the rows of every batch of a run."""
    size = len(make_up(project)["main"].parts["train"]["x"])
    pairs = [(epoch, rows) for epoch in range(EPOCHS) for rows in split_batches(order_samples(size, 0, epoch), batch)]
    return [(step, epoch, rows) for step, (epoch, rows) in enumerate(pairs)]


def with_params(project: Project, id: str, **params) -> Project:
    """The project with other parameters of a node of its training graph."""
    nodes = tuple(n.model_copy(update={"params": {**n.params, **params}}) if n.id == id else n
                  for n in project.training.nodes)  # fmt: skip
    return project.model_copy(update={"training": project.training.model_copy(update={"nodes": nodes})})


def flat() -> object:
    """One linear layer with batch norm, so that an evaluation too many would be seen."""
    return chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("norm1", "BatchNorm1d"),
        node("linear1", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )


@pytest.mark.parametrize("flush_seconds", [0.0, 0.25])
@pytest.mark.parametrize("accumulate", [1, 2])
@pytest.mark.parametrize("when", WHENS, ids=str)
def test_one_optimizer_takes_its_turns_like_a_loop_written_by_hand(when, accumulate, flush_seconds, monkeypatch):
    monkeypatch.setattr("runtime.loop.FLUSH_SECONDS", flush_seconds)
    adam = node("adam", "Adam", networks=["model"], lr=0.01, when=when, accumulate=accumulate)
    project = classifier(flat(), adam, shape=(4,), epochs=EPOCHS)
    session = start(project)
    events = run_all(session)

    data = make_up(project)["main"].parts["train"]
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(4), nn.Linear(4, 3))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    written, turns = [], 0
    for step, epoch, rows in batches_of(project, 20):
        if not is_turn(when, step, epoch):
            continue
        loss = nn.functional.cross_entropy(network(data["x"][rows]), data["y"][rows])
        if turns % accumulate == 0:
            optimizer.zero_grad()
        (loss / accumulate).backward()
        turns += 1
        if turns % accumulate == 0:
            optimizer.step()
        written.append((step + 1, loss.item()))
    assert isinstance(events[-1], Ended) and events[-1].status == "finished"
    assert rows_of(events) == written
    ours, theirs = session.network_tensors()["model"], network.state_dict()
    assert all(torch.equal(a, b) for a, b in zip(ours.values(), theirs.values(), strict=True))


@pytest.mark.parametrize("flush_seconds", [0.0, 0.25])
@pytest.mark.parametrize("orders", [(0, 0), (0, 1), (1, 0)])
@pytest.mark.parametrize("when", WHENS, ids=str)
def test_two_optimizers_take_turns_like_a_loop_written_by_hand(when, orders, flush_seconds, monkeypatch):
    monkeypatch.setattr("runtime.loop.FLUSH_SECONDS", flush_seconds)
    run = classifier(flat(), epochs=EPOCHS).run
    project = with_params(two_optimizers(*orders), "second", when=when).model_copy(update={"run": run})
    session = start(project)
    events = run_all(session)

    data = make_up(project)["main"].parts["train"]["x"]
    torch.manual_seed(0)
    networks = [nn.Linear(4, 2), nn.Linear(2, 4)]
    sgds = [torch.optim.SGD(network.parameters(), lr=0.1) for network in networks]
    written = []
    for step, epoch, rows in batches_of(project, 5):
        active = [0, 1] if is_turn(when, step, epoch) else [0]
        first = None
        for order in sorted({orders[i] for i in active}):
            stage = [i for i in active if orders[i] == order]
            loss = nn.functional.mse_loss(networks[1](networks[0](data[rows])), data[rows])
            first = loss.item() if first is None else first
            for i in stage:
                sgds[i].zero_grad()
                loss.backward(inputs=list(networks[i].parameters()), retain_graph=True)
            for i in stage:
                sgds[i].step()
        written.append((step + 1, first))
    assert rows_of(events) == written
    ours = session.network_tensors()
    assert torch.equal(ours["encoder"]["linear1.weight"], networks[0].weight)
    assert torch.equal(ours["decoder"]["linear1.weight"], networks[1].weight)


def two_losses(project: Project) -> Project:
    """The second optimizer follows a loss of its own, so that steps differ in what they log."""
    graph = project.training
    own = node("own_loss", "L1Loss")
    edges = [edge for edge in graph.edges if edge.target != "second"]
    made = [edge.model_copy(update={"target": "own_loss"}) for edge in edges if edge.target == "loss"]
    made += [edge.model_copy(update={"source": "own_loss", "target": "second"}) for edge in graph.edges
             if edge.target == "first"]  # fmt: skip
    changed = graph.model_copy(update={"nodes": (*graph.nodes, own), "edges": (*edges, *made)})
    return project.model_copy(update={"training": changed})


@pytest.mark.parametrize("flush_seconds", [0.0, 0.25])
def test_steps_that_log_different_losses_are_reported_in_their_order(flush_seconds, monkeypatch):
    monkeypatch.setattr("runtime.loop.FLUSH_SECONDS", flush_seconds)
    project = with_params(two_losses(two_optimizers(0, 1)), "second", when={"every": 2})
    project = project.model_copy(update={"run": classifier(flat(), epochs=EPOCHS).run})
    session = start(project)
    events = run_all(session)
    steps = list(range(1, session.steps + 1))
    assert [step for step, _ in rows_of(events)] == steps
    assert [step for step, _ in rows_of(events, "own_loss")] == steps[1::2]
    logged = [e.step for e in events if isinstance(e, Scalars) and {"loss", "own_loss"} & e.values.keys()
              and e.split == "train"]  # fmt: skip
    assert logged == steps
