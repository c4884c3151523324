"""A resumed run is looked after by somebody who knows how it went before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from runtime.events import Diagnosis, Event, Look, Progress, Scalars
from runtime.insight.doctor import Doctor
from runtime.runs.folder import RunFolder
from runtime.runs.reported import list_reported
from tests.runtime.runs.made import iris, make_folder

STEPS, RESUMED, LOOK_EVERY = 10_000, 6_000, 50


def learn(first: int, last: int) -> Iterator[Event]:
    """A loss that falls at the beginning and has long settled, and looks in which nothing was seen."""
    for step in range(first, last + 1):
        yield Scalars(step, 0.0, 0.0, "train", {"loss": max(0.1, 2.0 - step / 100), "other": 0.0})
        if step % LOOK_EVERY == 0:
            yield Look(step, [])


def record(home: Path) -> RunFolder:
    """A run that was cut some steps after its checkpoint."""
    folder = make_folder(home)
    with folder.writer() as writer:
        for event in learn(1, RESUMED + 100):
            writer.write(event)
    return folder


def find_codes(doctor: Doctor) -> set[str]:
    """What is found while the run goes on."""
    told: list[Diagnosis] = []
    for event in (Progress(RESUMED, STEPS, 0.0, 1, 0.0, 0.0, None), *learn(RESUMED + 1, RESUMED + 400)):
        told += doctor.hear(event)
    return {entry.finding["code"] for entry in told}


def test_a_loss_that_settled_before_the_run_was_resumed_is_not_said_never_to_have_fallen(home: Path) -> None:
    forgetful, doctor = Doctor(iris()), Doctor(iris())
    doctor.recall(list_reported(record(home), ["loss"], RESUMED))
    assert "D007" in find_codes(forgetful)
    assert "D007" not in find_codes(doctor)


def test_what_was_reported_after_the_checkpoint_comes_again_and_is_not_told_before(home: Path) -> None:
    events = list(list_reported(record(home), ["loss"], RESUMED))
    losses = [event for event in events if isinstance(event, Scalars)]
    assert [event.step for event in losses] == list(range(1, RESUMED + 1))
    assert all(event.values.keys() == {"loss"} for event in losses)
    looks = [event.step for event in events if isinstance(event, Look)]
    assert looks == sorted(set(looks)) and looks[-1] == RESUMED and looks[0] < RESUMED / 10


def test_a_number_that_was_none_is_none_again(home: Path) -> None:
    folder = make_folder(home)
    seen = {"weights": {"update": math.nan, "histogram": None, "norm": 1.0}}
    with folder.writer() as writer:
        writer.write(Look(1, [seen], {"adam": 0.1}))
        writer.write(Scalars(1, 0.0, 0.0, "train", {"loss": math.nan}))
    loss, look = list_reported(folder, ["loss"], 1)
    assert isinstance(loss, Scalars) and math.isnan(loss.values["loss"])
    assert isinstance(look, Look) and math.isnan(look.nodes[0]["weights"]["update"])
    assert look.nodes[0]["weights"]["histogram"] is None and look.rates == {"adam": 0.1}
