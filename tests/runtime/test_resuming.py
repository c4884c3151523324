"""A run resumed from any checkpoint that it ever asked for ends exactly like the run that was left in peace."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
import torch

from builder.document import Every, Project
from runtime.events import CheckpointDue, Ended, Scalars
from runtime.loop import Session, train
from tests.builder.drawn import classifier, node
from tests.runtime.test_loop import augmented, small_cnn, start
from tests.runtime.wider_algorithms import cyclegan

ADAM = {"networks": ["model"], "lr": 0.01, "clip_norm": 1.0}
KEEP = {"metric": "accuracy", "mode": "max"}
STOP = {"metric": "loss", "mode": "min", "patience": 2, "min_delta": 0.02}
EACH_STEP = {"every": 1, "unit": "step"}
VARIANTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "validated after each epoch": ({}, {"keep_best": KEEP}),
    "validated after each step": (
        {"schedule": {"kind": "plateau", "patience": 1}},
        {"keep_best": KEEP, "validation": EACH_STEP, "checkpoint": EACH_STEP},
    ),
    "ended early by another metric": ({}, {"epochs": 30, "keep_best": KEEP, "early_stopping": STOP}),
    "ended early in the middle of an epoch": (
        {"accumulate": 2},
        {"epochs": 30, "keep_best": KEEP, "early_stopping": STOP, "validation": {"every": 2, "unit": "step"}},
    ),
    "rarely validated and cut short": (
        {"schedule": {"kind": "cosine"}},
        {"keep_best": KEEP, "max_steps": 11, "validation": {"every": 2, "unit": "epoch"}, "checkpoint": EACH_STEP},
    ),
    "with fused kernels and channels last": (
        {},
        {"optimizer_kernels": "fused", "memory_format": "channels_last", "keep_best": KEEP},
    ),
    "with turns": ({"when": {"every": 2}, "accumulate": 2}, {"keep_best": KEEP, "checkpoint": EACH_STEP}),
}

Saved = tuple[CheckpointDue, dict[str, torch.Tensor], dict[str, Any]]


@pytest.fixture(autouse=True)
def _save_wherever_it_is_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST_CHECKPOINT_SECONDS", "CHECKPOINT_SECONDS", "BEST_CHECKPOINT_SECONDS"):
        monkeypatch.setattr(f"runtime.loop.{name}", 0.0)


def make_project(variant: str) -> Project:
    optimizer, run = VARIANTS[variant]
    return augmented(classifier(small_cnn(), node("adam", "Adam", **ADAM, **optimizer), **{"epochs": 4, **run}))


def run_and_save(session: Session) -> tuple[list[Any], list[Saved]]:
    """Every event of a run, and what each checkpoint that it asks for would hold."""
    events, saved = [], []
    for event in train(session, lambda: "run"):
        events.append(event)
        if isinstance(event, CheckpointDue):
            tensors = {name: tensor.clone() for name, tensor in session.tensors().items()}
            saved.append((event, tensors, json.loads(json.dumps(session.state()))))
    return events, saved


def points(events: Iterable[Any], after: int) -> list[tuple[Any, ...]]:
    """The losses of every later step and all that was validated, with the epoch of each."""
    scalars = [event for event in events if isinstance(event, Scalars) and event.step > after]
    kept = [event for event in scalars if event.split != "train" or "loss" in event.values]
    return [(e.split, e.step, e.epoch, e.values) for e in sorted(kept, key=lambda e: (e.split, e.step))]


def exact(state: dict[str, Any]) -> dict[str, Any]:
    """What of a state does not depend on the clock."""
    return {name: value for name, value in state.items() if name not in ("seconds", "metrics")}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_run_resumed_from_any_of_its_checkpoints_is_the_same_run(variant):
    project = make_project(variant)
    whole = start(project, test=8)
    events, saved = run_and_save(whole)
    expected, ended = whole.tensors(), events[-1]
    assert len(saved) > 2 and isinstance(ended, Ended) and ended.status == "finished"
    for due, tensors, state in saved:
        resumed = start(project, test=8)
        torch.manual_seed(99)
        resumed.restore(tensors, state)
        again, _ = run_and_save(resumed)
        found = resumed.tensors()
        assert found.keys() == expected.keys()
        assert [name for name in expected if not torch.equal(found[name], expected[name])] == [], due
        assert points(again, due.step) == points(events, due.step)
        assert exact(resumed.state()) == exact(whole.state())
        assert again[-1].reason == ended.reason
        assert again[-1].metrics["test"] == ended.metrics["test"]


def test_pools_and_sources_of_their_own_go_on_from_a_checkpoint_too():
    project = cyclegan()
    run = project.run.model_copy(update={"checkpoint": Every(every=2, unit="step")})
    whole = start(project.model_copy(update={"run": run}))
    events, saved = run_and_save(whole)
    expected = whole.tensors()
    assert {"memory/pool_a/kept", "memory/pool_b/_extra_state"} <= expected.keys()
    for due, tensors, state in saved:
        resumed = start(project.model_copy(update={"run": run}))
        resumed.restore(tensors, state)
        again, _ = run_and_save(resumed)
        found = resumed.tensors()
        assert [name for name in expected if not torch.equal(found[name], expected[name])] == [], due
        assert exact(resumed.state()) == exact(whole.state())
        losses = [[e for e in each if isinstance(e, Scalars) and e.split == "train"] for each in (events, again)]
        kept = [[(e.step, e.values) for e in each if "g_loss" in e.values and e.step > due.step] for each in losses]
        assert kept[0] == kept[1]


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_checkpoint_holds_the_metrics_of_its_own_step_and_is_the_best_where_its_weights_are(variant):
    events, saved = run_and_save(start(make_project(variant)))
    validated = {e.step: e.values for e in events if isinstance(e, Scalars) and e.split == "validation"}
    assert {due.reason for due, _, _ in saved} > {"best", "end"} or variant == "rarely validated and cut short"
    for due, tensors, state in saved:
        assert due.metrics == validated.get(due.step, {})
        assert due.is_best == (state["best"].get("step") == due.step)
        best = {name.removeprefix("best/"): t for name, t in tensors.items() if name.startswith("best/")}
        if due.is_best:
            assert best and all(torch.equal(tensors[f"network/{name}"], tensor) for name, tensor in best.items())


def test_no_step_is_validated_twice_even_where_a_run_ends_early_or_is_resumed_at_its_end():
    project = make_project("ended early by another metric")
    events, saved = run_and_save(start(project))
    resumed = start(project)
    resumed.restore(*saved[-1][1:])
    again, _ = run_and_save(resumed)
    steps = [e.step for e in [*events, *again] if isinstance(e, Scalars) and e.split == "validation"]
    assert len(steps) == len(set(steps))


def test_checkpoints_every_second_epoch_stand_at_the_end_of_every_second_epoch():
    every = {"every": 2, "unit": "epoch"}
    session = start(classifier(small_cnn(), node("adam", "Adam", **ADAM), epochs=6, checkpoint=every))
    _, saved = run_and_save(session)
    batches = session.lead.num_batches
    assert [due.step for due, _, _ in saved if due.reason == "interval"] == [1, 2 * batches, 4 * batches]
