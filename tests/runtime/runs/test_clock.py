"""A clock that is set back, or forward, changes the times that are written down and nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runtime.events import CheckpointDue, Phase, Sample
from runtime.runs import store, writer
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.checkpoint_index import read_index
from runtime.runs.control import clear_for_resume
from runtime.runs.folder import create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import linear, make_folder, point
from tests.runtime.runs.test_worker import stop_after


@pytest.fixture
def backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes an hour back whenever somebody looks at it."""
    moment = datetime(2026, 5, 1, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            nonlocal moment
            moment -= timedelta(hours=1)
            return moment

    monkeypatch.setattr(writer, "datetime", Clock)
    monkeypatch.setattr("time.time", lambda: Clock.now().timestamp())


@pytest.mark.usefixtures("backwards")
def test_a_run_is_told_in_the_order_in_which_it_happened(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    work(folder, listen=stop_after(folder, 50, "pause"))
    clear_for_resume(folder)
    outcome = work(folder, listen=stop_after(folder, 200, "stop"))
    told = store.statuses(folder)
    assert list(told["status"]) == ["queued", "running", "paused", "queued", "running", "stopped"]
    assert list(told["at"]) == sorted(told["at"], reverse=True)
    assert store.read_status(folder) == "stopped" == store.since(folder)["ended"]["status"]
    phases = list(store.phases(folder)["name"])
    assert phases.index("preparing data") < phases.index("warming up") < phases.index("training")
    scalars = store.scalars(folder).query("name == 'loss' and split == 'train'")
    assert list(scalars["step"]) == list(range(1, len(scalars) + 1))
    assert scalars["seconds"].is_monotonic_increasing and scalars["seconds"].min() >= 0
    found = load_last(folder.checkpoints)
    assert found is not None and found.step == outcome.steps


@pytest.mark.usefixtures("backwards")
def test_the_oldest_samples_are_thinned_first(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as pen:
        for step in range(1, 1_001):
            pen.write(Sample(step, "images", {"step": step}))
            pen.write(Phase("training"))
            if step % 50 == 0:
                pen.flush()
        pen.write(point(1, 0.5))
    steps = list(store.samples(folder)["step"])
    assert steps == sorted(steps) and len(steps) < 1_000
    assert steps[-200:] == list(range(801, 1_001)) and steps[0] == 1


def test_of_two_checkpoints_of_one_step_the_later_is_the_last_whatever_their_files_times_say(tmp_path: Path) -> None:
    for reason in ("interval", "best", "pause"):
        save_checkpoint(tmp_path, CheckpointDue(7, reason), {}, {"reason": reason})  # type: ignore[arg-type]
    names = [entry.name for entry in read_index(tmp_path).entries]
    assert names == ["step-00000007-2", "step-00000007-3"]
    for age, name in enumerate(names):
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "index.json").unlink()
    assert [entry.name for entry in read_index(tmp_path).entries] == names
    found = load_last(tmp_path)
    assert found is not None and found.state == {"reason": "pause"}
    save_checkpoint(tmp_path, CheckpointDue(7, "end"), {}, {"reason": "end"})
    assert read_index(tmp_path).last == "step-00000007-4"
