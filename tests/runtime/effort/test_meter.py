"""What is told of steps while a run trains: where the time goes, and the part of the machine that they take."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from builder.plan import Turn
from builder.step_work import count_step
from runtime.data.prepare import prepare
from runtime.effort import meter
from runtime.effort.ceilings import Ceilings, find_ceilings, keep_ceilings, measure_ceilings, name_machine
from runtime.effort.meter import compare
from runtime.events import Effort, Progress
from runtime.loop import train
from runtime.runs.batch_advice import read_batch_sizes, with_batch_sizes
from runtime.runs.project_file import read_project
from runtime.session import Session
from tests.builder.drawn import classifier
from tests.runtime.test_loop import CPU, augmented, small_cnn, start

ENVIRONMENT = {"device": "cpu", "threads": 1, "precision": "float32", "torch": "2"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return tmp_path


def train_and_tell(session: Session) -> Effort:
    told = [event for event in train(session, lambda: "run") if isinstance(event, Progress)]
    effort = told[-1].effort
    assert effort is not None
    return effort


def test_a_run_tells_what_its_steps_wait_for_and_what_they_had_to_do() -> None:
    effort = train_and_tell(start(augmented(classifier(small_cnn(), epochs=20))))
    assert set(effort.shares) == {"data", "computing", "optimizer", "watching"}
    assert sum(effort.shares.values()) == pytest.approx(1) and min(effort.shares.values()) >= 0
    assert effort.operations > 0 and effort.bytes > 0 and effort.memory > 2**20
    assert effort.share is None and effort.busy == ""


def test_the_share_is_the_least_time_that_the_lower_ceiling_allows() -> None:
    effort = Effort(seconds=0.1, shares={}, memory=0, operations=2e9, bytes=1e8)
    told = compare(effort, Ceilings(operations=1e11, bytes=1e10, measured="2026-01-01"))
    assert told.share == pytest.approx(0.2) and told.ceiling == "arithmetic"
    told = compare(effort, Ceilings(operations=1e12, bytes=1e10, measured="2026-01-01"))
    assert told.share == pytest.approx(0.1) and told.ceiling == "memory"


def test_what_cannot_be_counted_has_no_share_and_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise KeyError("a kind that nobody foresaw")

    monkeypatch.setattr(meter, "count_step", fail)
    session = start(classifier(small_cnn(), epochs=10))
    session.effort.ceilings = Ceilings(1e9, 1e9, "2026-01-01")
    effort = train_and_tell(session)
    assert effort.share is None and effort.seconds > 0


def test_ceilings_are_measured_without_a_draw_and_found_again(home: Path) -> None:
    before = torch.get_rng_state()
    ceilings = measure_ceilings(CPU, "float32")
    assert torch.equal(before, torch.get_rng_state())
    assert ceilings is not None and ceilings.operations > 1e8 and ceilings.bytes > 1e8
    keep_ceilings(ENVIRONMENT, ceilings)
    assert find_ceilings(ENVIRONMENT) == ceilings
    assert find_ceilings({**ENVIRONMENT, "threads": 2}) is None


@pytest.mark.parametrize("text", ("", "{", "[]", '{"a": 1}', None))
def test_a_file_that_cannot_be_read_is_as_none(home: Path, text: str | None) -> None:
    machine = name_machine(ENVIRONMENT)
    (home / "ceilings.json").write_text(json.dumps({machine: {"operations": 0}}) if text is None else text)
    assert find_ceilings(ENVIRONMENT) is None


def test_the_machine_is_measured_once_between_two_steps_and_changes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "MEASURE_AFTER_SECONDS", 0.0)
    project = classifier(small_cnn(), epochs=3)
    plain = start(project)
    for _ in train(plain, lambda: "run"):
        pass
    watched = start(project)
    watched.effort.know_machine(ENVIRONMENT)
    for _ in train(watched, lambda: "run"):
        watched.effort.seek_ceilings()
    assert watched.effort.ceilings == find_ceilings(ENVIRONMENT) is not None
    for name, tensor in plain.tensors().items():
        assert torch.equal(tensor, watched.tensors()[name]), name


@pytest.mark.parametrize("name", ("dcgan", "text_transformer", "unet_masks"))
def test_operations_are_those_that_pytorch_counts(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks in blocks, rivals, rows of different length: a step really taken under PyTorch's own counter."""
    monkeypatch.setattr(meter, "BATCHES", 1)
    project = read_project(name)
    project = with_batch_sizes(project, dict.fromkeys(read_batch_sizes(project), 4))
    session = Session.create(project, prepare(project), CPU)
    sizes, plan = session.effort.find_sizes(), session.plan
    with FlopCounterMode(display=False) as counter:
        session.run_step()
    step = plan.plan_step([Turn(id) for id in plan.updaters])
    counted = count_step(plan, session.effort.flows, step, sizes, {}).operations
    assert counted == pytest.approx(counter.get_total_flops(), rel=0.02)
