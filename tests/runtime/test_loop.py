"""The training loop against loops written by hand, and what it promises about resuming and ending."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from torch import nn

from builder.document import Project
from builder.parts.sampler import order_samples, split_batches
from runtime.events import CheckpointDue, Ended, Look, Progress, Sample, Scalars
from runtime.loop import Loop, Session, train
from tests.builder.drawn import chain, classifier, graph, node
from tests.builder.test_step_planner import two_optimizers
from tests.runtime.prepared import make_up

CPU = torch.device("cpu")


def small_cnn():
    """Convolution, batch norm, dropout: everything that has state or draws random numbers."""
    return chain(
        node("x", "Input", shape="$shape"),
        node("conv1", "Conv2d", out_channels=4, kernel_size=3),
        node("norm1", "BatchNorm2d"),
        node("relu1", "ReLU"),
        node("dropout1", "Dropout", p=0.3),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features="$classes"),
        node("scores", "Output"),
    )


def augmented(project: Project) -> Project:
    """The same project, its images changed at random while it trains."""
    old = project.training
    training = graph(
        [*old.nodes, node("augment", "Augment", flip=True, shift=0.2)],
        "data.x -> augment.image",
        "augment.image -> predict.x",
        "predict.scores -> loss.input",
        "data.y -> loss.target",
        "predict.scores -> accuracy.input",
        "data.y -> accuracy.target",
        "loss -> adam.loss",
    )
    return project.model_copy(update={"training": training})


def run_all(session: Session, command=lambda: "run"):
    """Every event of a run."""
    return list(train(session, command))


def start(project: Project, **parts) -> Session:
    """A fresh session on made-up data."""
    return Session.create(project, make_up(project, **parts), CPU)


def losses(events, name="loss"):
    """The loss of every step."""
    return [e.values[name] for e in events if isinstance(e, Scalars) and e.split == "train" and name in e.values]


def test_a_classifier_trains_bit_for_bit_like_a_loop_written_by_hand():
    project = classifier(small_cnn(), epochs=3, seed=7)
    session = start(project)
    events = run_all(session)

    data = make_up(project)["main"].parts["train"]
    torch.manual_seed(7)
    network = nn.Sequential(
        nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.3), nn.Flatten(), nn.Linear(144, 3)
    )
    adam = torch.optim.Adam(network.parameters(), lr=0.01)
    written = []
    for epoch in range(3):
        for rows in split_batches(order_samples(60, 7, epoch), 20):
            loss = nn.functional.cross_entropy(network(data["x"][rows]), data["y"][rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            written.append(loss.item())
    assert losses(events) == written
    ours, theirs = session.network_tensors()["model"], network.state_dict()
    assert all(torch.equal(a, b) for a, b in zip(ours.values(), theirs.values(), strict=True))


@pytest.mark.parametrize("drop_last", [False, True])
def test_a_batch_larger_than_the_data_takes_all_samples_at_every_step_and_counts_no_more_than_those(drop_last):
    params = {"data": {"batch_size": 1000, "drop_last": drop_last}}
    session = start(change_params(classifier(small_cnn(), epochs=3), params))
    events = run_all(session)
    assert (session.steps, len(losses(events))) == (3, 3)
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert last.samples_per_second == pytest.approx(60 * 3 / last.seconds, rel=0.2)


def change_params(project: Project, params: dict[str, dict[str, object]]) -> Project:
    """The same project with other parameters of nodes of its training graph."""
    nodes = tuple(
        one.model_copy(update={"params": {**one.params, **params.get(one.id, {})}}) for one in project.training.nodes
    )
    return project.with_graph("training", project.training.model_copy(update={"nodes": nodes}))


@pytest.mark.parametrize("orders", [(0, 0), (0, 1), (1, 0)])
def test_two_optimizers_act_together_or_in_turn_like_hand_written_steps(orders):
    project = two_optimizers(*orders).model_copy(update={"run": classifier(small_cnn(), epochs=2).run})
    session = start(project)
    run_all(session)

    data = make_up(project)["main"].parts["train"]["x"]
    torch.manual_seed(0)
    encoder, decoder = nn.Linear(4, 2), nn.Linear(2, 4)
    stages = {}
    for order, network in zip(orders, (encoder, decoder), strict=True):
        stages.setdefault(order, []).append((network, torch.optim.SGD(network.parameters(), lr=0.1)))
    for epoch in range(2):
        for rows in split_batches(order_samples(60, 0, epoch), 5):
            for order in sorted(stages):
                loss = nn.functional.mse_loss(decoder(encoder(data[rows])), data[rows])
                for network, sgd in stages[order]:
                    sgd.zero_grad()
                    loss.backward(inputs=list(network.parameters()), retain_graph=True)
                for _, sgd in stages[order]:
                    sgd.step()
    ours = session.network_tensors()
    assert torch.equal(ours["encoder"]["linear1.weight"], encoder.weight)
    assert torch.equal(ours["decoder"]["linear1.weight"], decoder.weight)


SCHEDULES = [
    {"kind": "constant"},
    {"kind": "cosine"},
    {"kind": "step", "size": 1, "gamma": 0.5},
    {"kind": "plateau", "patience": 0},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s["kind"])
@pytest.mark.parametrize("cut", [1, 3, 4, 8])
def test_a_run_cut_anywhere_and_resumed_ends_with_the_same_weights(schedule, cut):
    adam = node("adam", "Adam", networks=["model"], lr=0.01, accumulate=2, clip_norm=1.0, schedule=schedule)
    keep = {"metric": "accuracy", "mode": "max"}
    project = augmented(classifier(small_cnn(), adam, epochs=4, keep_best=keep))
    whole = start(project)
    run_all(whole)

    cut_run = start(project)
    steps = iter(range(10**6))
    events = run_all(cut_run, lambda: "pause" if next(steps) >= cut else "run")
    assert isinstance(events[-2], CheckpointDue) and events[-1].status == "paused"
    tensors = {name: tensor.clone() for name, tensor in cut_run.tensors().items()}
    state = cut_run.state()
    torch.manual_seed(99)
    resumed = start(project)
    resumed.restore(tensors, state)
    run_all(resumed)
    expected = whole.tensors()
    found = resumed.tensors()
    assert found.keys() == expected.keys()
    assert [name for name in expected if not torch.equal(found[name], expected[name])] == []


def test_looking_at_the_validation_part_changes_nothing_in_training():
    quiet = start(classifier(small_cnn(), epochs=3), validation=0)
    run_all(quiet)
    watched = start(classifier(small_cnn(), epochs=3, validation={"every": 1, "unit": "step"}))
    run_all(watched)
    pairs = zip(quiet.network_tensors()["model"].values(), watched.network_tensors()["model"].values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_loss_that_is_no_number_ends_the_run_with_advice():
    project = classifier(small_cnn(), node("sgd", "SGD", networks=["model"], lr=1e30), epochs=50)
    ended = run_all(start(project))[-1]
    assert isinstance(ended, Ended) and ended.status == "failed"
    assert '"loss" became' in ended.reason and "learning rate" in ended.advice


def test_early_stopping_ends_a_run_that_does_not_improve():
    early = {"metric": "loss", "mode": "min", "patience": 2}
    frozen = node("sgd", "SGD", networks=["model"], lr=1e-12)
    network = chain(
        node("x", "Input", shape="$shape"),
        node("flatten1", "Flatten"),
        node("linear1", "Linear", out_features=3),
        node("scores", "Output"),
    )
    session = start(classifier(network, frozen, epochs=100, early_stopping={**early, "min_delta": 0.1}))
    ended = run_all(session)[-1]
    assert ended.status == "finished" and "no improvement in 2 validations" in ended.reason
    assert session.step < 20


def test_the_best_weights_are_kept_and_tested():
    keep = {"metric": "loss", "mode": "min"}
    session = start(classifier(small_cnn(), epochs=6, keep_best=keep), test=20)
    events = run_all(session)
    seen = [e.values["loss"] for e in events if isinstance(e, Scalars) and e.split == "validation"]
    assert session.judgement.best["value"] == min(seen)
    session.load_weights(session.best_tensors)
    again = session.evaluator.measure("test").values
    assert events[-1].metrics["test"] == again


def test_the_mean_over_a_part_is_exact_with_a_short_last_batch():
    session = start(classifier(small_cnn(), epochs=1), validation=300)
    data = session.evaluator.parts["main"]["validation"]
    network = session.networks["model"].eval()
    with torch.no_grad():
        exact = nn.functional.cross_entropy(network(data["x"]), data["y"]).item()
    assert math.isclose(session.evaluator.measure("validation").values["loss"], exact, rel_tol=1e-5)


def test_a_run_stopped_by_hand_says_so_and_wants_a_checkpoint():
    events = run_all(start(classifier(small_cnn(), epochs=5)), lambda: "stop")
    assert [type(e) for e in events[-2:]] == [CheckpointDue, Ended]
    assert events[-1].status == "stopped"


def test_a_run_that_diverges_names_the_first_step_whose_loss_was_no_number(monkeypatch):
    project = classifier(small_cnn(), node("sgd", "SGD", networks=["model"], lr=1e30), epochs=5)
    by_hand = start(project)
    while math.isfinite(by_hand.run_step()["loss"].item()):
        pass
    monkeypatch.setattr("runtime.loop.FLUSH_SECONDS", 60.0)
    session = start(project)
    events = run_all(session)
    ended = events[-1]
    assert ended.status == "failed" and f"at step {by_hand.step:,}." in ended.reason
    assert session.step > by_hand.step
    rows = [
        event for event in events if isinstance(event, Scalars) and "loss" in event.values and event.split == "train"
    ]
    first = next(row for row in rows if not math.isfinite(row.values["loss"]))
    assert first.step == by_hand.step and math.isfinite(rows[rows.index(first) - 1].values["loss"])


def test_a_loss_that_is_a_number_again_ends_nothing():
    loop = Loop(start(classifier(small_cnn(), epochs=1)), lambda: "run")
    for step, value in enumerate((1.0, math.nan, 2.0), start=1):
        loop.watch_losses(step, {"loss": value})
    assert not loop.lost
    for step, value in enumerate((math.inf, math.nan, math.nan), start=4):
        loop.watch_losses(step, {"loss": value})
    assert loop.diverged().reason == 'The loss "loss" became infinite at step 4.'


def test_how_long_it_takes_is_said_after_a_second_of_steps_and_the_average_speed_at_the_end(monkeypatch):
    monkeypatch.setattr("runtime.loop.FLUSH_SECONDS", 0.0)
    monkeypatch.setattr("runtime.loop.LEAST_SECONDS", 600.0)
    session = start(classifier(small_cnn(), epochs=4))
    told = [event for event in run_all(session) if isinstance(event, Progress)]
    assert all(progress.seconds_left is None for progress in told)
    samples = session.steps * session.lead.params.batch_size
    assert math.isclose(told[-1].samples_per_second, samples / told[-1].seconds, rel_tol=0.2)
    monkeypatch.setattr("runtime.loop.LEAST_SECONDS", 0.0)
    told = [event for event in run_all(start(classifier(small_cnn(), epochs=4))) if isinstance(event, Progress)]
    assert any(progress.seconds_left is not None for progress in told)


def test_the_first_checkpoint_waits_for_no_epoch_and_later_ones_do(monkeypatch):
    monkeypatch.setattr("runtime.loop.FIRST_CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("runtime.loop.CHECKPOINT_SECONDS", 0.0)
    adam = node("adam", "Adam", networks=["model"])
    project = classifier(small_cnn(), adam, epochs=3, checkpoint={"every": 1, "unit": "epoch"})
    session = start(project)
    batches = session.lead.num_batches
    assert batches > 2
    due = [event.step for event in run_all(session) if isinstance(event, CheckpointDue) and event.reason == "interval"]
    assert due == [1, batches, 2 * batches]


def test_a_resumed_run_has_its_first_checkpoint_already(monkeypatch):
    monkeypatch.setattr("runtime.loop.FIRST_CHECKPOINT_SECONDS", 0.0)
    project = classifier(small_cnn(), node("adam", "Adam", networks=["model"]), epochs=2)
    session = start(project)
    session.run_step()
    assert not [event for event in run_all(session) if isinstance(event, CheckpointDue) and event.reason == "interval"]


def test_a_checkpoint_says_what_was_measured_at_its_own_step_and_whether_it_is_the_best(monkeypatch):
    monkeypatch.setattr("runtime.loop.FIRST_CHECKPOINT_SECONDS", 0.0)
    keep = {"metric": "accuracy", "mode": "max"}
    project = classifier(small_cnn(), node("adam", "Adam", networks=["model"]), epochs=2, keep_best=keep)
    session = start(project)
    first, last = (event for event in run_all(session) if isinstance(event, CheckpointDue))
    assert (first.step, first.metrics, first.is_best) == (1, {}, False)
    assert (last.step, last.metrics) == (session.steps, session.last_metrics["validation"])
    assert last.is_best == (session.judgement.best["step"] == session.steps)


def test_the_losses_that_led_to_a_look_are_told_before_it() -> None:
    session = start(classifier(small_cnn(), epochs=40))
    session.looker.pace.rest = lambda cost: None  # the next look is due at once
    told = 0
    for event in train(session, lambda: "run"):
        if isinstance(event, Scalars) and event.split == "train" and "loss" in event.values:
            told = event.step
        if isinstance(event, Look):
            assert told >= event.step


@pytest.mark.parametrize(("cost", "pause"), [(0.01, 1.0), (0.3, 10.0)])
def test_previews_take_a_small_part_of_the_time(monkeypatch, cost: float, pause: float) -> None:
    seconds = 0.0

    def preview() -> dict:
        nonlocal seconds
        seconds += cost
        return {"grid": {}}

    def run_on() -> str:
        nonlocal seconds
        seconds += 0.1
        return "run"

    session = start(classifier(small_cnn(), epochs=200))
    monkeypatch.setattr(session.evaluator, "preview", preview)
    monkeypatch.setattr("runtime.loop.time.perf_counter", lambda: seconds)
    shown = [event.step / 10 for event in train(session, run_on) if isinstance(event, Sample)][1:-1]
    pauses = [later - earlier for earlier, later in pairwise(shown)]
    assert len(pauses) > 2
    assert min(pauses) >= pause
    assert max(pauses) < pause + 0.5
