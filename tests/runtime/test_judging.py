"""Whose weights a run keeps and when it ends early: two questions, each with a judge of its own."""

from __future__ import annotations

import json
import math

import pytest
import torch

from builder.document import Run
from runtime.evaluation import Measured
from runtime.events import CheckpointDue, Scalars
from runtime.judging import Judgement
from tests.builder.drawn import classifier
from tests.runtime.test_loop import run_all, small_cnn, start

KEEP = {"metric": "accuracy", "mode": "max"}
STOP = {"metric": "loss", "mode": "min", "patience": 2}


def make(**run) -> Judgement:
    return Judgement(Run.model_validate(run))


def test_each_judge_follows_its_own_metric():
    both = make(keep_best=KEEP, early_stopping=STOP)
    values = [(0.1, 3.0), (0.2, 4.0), (0.3, 5.0)]
    assert [both.observe({"accuracy": a, "loss": b}, step) for step, (a, b) in enumerate(values)] == [True] * 3
    assert both.is_over and both.best == {"value": 0.3, "step": 2, "metric": "accuracy"}
    both = make(keep_best=KEEP, early_stopping=STOP)
    values = [(0.3, 5.0), (0.2, 4.0), (0.1, 3.0)]
    assert [both.observe({"accuracy": a, "loss": b}, step) for step, (a, b) in enumerate(values)] == [
        True,
        False,
        False,
    ]
    assert not both.is_over and both.best["step"] == 0


def test_min_delta_ends_a_run_and_does_not_choose_its_weights():
    both = make(keep_best={**KEEP, "metric": "loss", "mode": "min"}, early_stopping={**STOP, "min_delta": 1.0})
    assert [both.observe({"loss": value}, step) for step, value in enumerate((3.0, 2.9, 2.8))] == [True] * 3
    assert both.is_over


def test_early_stopping_alone_keeps_no_weights_and_nothing_watched_never_ends():
    alone = make(early_stopping=STOP)
    assert [alone.observe({"loss": 1.0}, step) for step in range(3)] == [False] * 3
    assert alone.is_over and alone.best == {}
    nothing = make()
    assert not nothing.observe({"loss": 1.0}, 1) and not nothing.is_over


def test_judges_go_on_from_their_state():
    first, second = (make(keep_best=KEEP, early_stopping=STOP) for _ in range(2))
    first.observe({"accuracy": 0.5, "loss": 1.0}, 1)
    first.observe({"accuracy": 0.4, "loss": 2.0}, 2)
    second.restore(*json.loads(json.dumps([first.best, first.state()])))
    assert second.best == first.best and second.state() == first.state()
    assert not second.observe({"accuracy": 0.5, "loss": 1.0}, 3) and second.is_over


def watch(session, accuracies, monkeypatch):
    """Let validation find these accuracies, one after another, in place of the real ones."""
    measure, found = session.evaluator.measure, iter(accuracies)

    def answer(part):
        values = measure(part).values
        return Measured({**values, "accuracy": next(found)} if part == "validation" else values)

    monkeypatch.setattr(session.evaluator, "measure", answer)


def test_a_first_validation_that_is_no_number_does_not_stay_the_best(monkeypatch):
    session = start(classifier(small_cnn(), epochs=4, keep_best=KEEP))
    watch(session, [math.nan, 0.2, 0.4, 0.3], monkeypatch)
    last = [e for e in run_all(session) if isinstance(e, CheckpointDue)][-1]
    assert session.judgement.best == {"value": 0.4, "step": 9, "metric": "accuracy"}
    assert session.best_tensors and not last.is_best


def test_a_run_whose_every_validation_is_no_number_keeps_its_last_weights(monkeypatch):
    session = start(classifier(small_cnn(), epochs=3, keep_best=KEEP), test=8)
    watch(session, [math.nan] * 3, monkeypatch)
    events = run_all(session)
    assert session.best_tensors == {} and session.judgement.best == {}
    last, kept = session.weight_tensors(), session.network_tensors()["model"]
    assert all(torch.equal(kept[name.removeprefix("model/")], tensor) for name, tensor in last.items())
    assert not any(e.is_best for e in events if isinstance(e, CheckpointDue))


def test_a_run_ends_early_by_its_own_metric_while_the_kept_one_still_improves(monkeypatch):
    session = start(classifier(small_cnn(), epochs=50, keep_best=KEEP,
                               early_stopping={**STOP, "min_delta": 1e6}))  # fmt: skip
    watch(session, [epoch / 50 for epoch in range(50)], monkeypatch)
    events = run_all(session)
    validated = [e.step for e in events if isinstance(e, Scalars) and e.split == "validation"]
    assert len(validated) == 3 == session.step // session.lead.num_batches
    assert session.judgement.best["step"] == session.step
    assert events[-1].reason == "Ended early: no improvement in 2 validations."


@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_value_that_is_no_number_counts_as_no_improvement(mode):
    stop = make(early_stopping={**STOP, "mode": mode})
    for step, value in enumerate((1.0, math.nan, math.nan)):
        stop.observe({"loss": value}, step)
    assert stop.is_over
