"""Thirty resumes, cut at random steps, of runs in which everything draws or has state: the weights are those of the uncut run."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from benchmarks.resumable import make_project
from builder.document import Project
from runtime.events import Event, Phase
from runtime.runs import store
from runtime.runs.checkpoint import load_last
from runtime.runs.command import Command
from runtime.runs.control import clear_for_resume
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work

EPOCHS, STEPS = 8, 72
CUTS = 10


class CutCommand(Command):
    """Lets a run pause after so many more steps: the loop asks before each of them."""

    def __init__(self, folder: RunFolder, steps: int) -> None:
        super().__init__(folder.control)
        self.left: int | None = None
        self.steps = steps

    def hear(self, event: Event) -> None:
        """Count from the first step on, not while data is prepared."""
        if isinstance(event, Phase) and event.name == "warming up":
            self.left = self.steps

    def __call__(self) -> str:
        if self.left is None:
            return "run"
        self.left -= 1
        return "pause" if self.left < 0 else "run"


class EndCommand(CutCommand):
    """Ends a run at once, as a second Ctrl-C does, after so many more steps."""

    def __call__(self) -> str:
        if super().__call__() == "pause":
            raise KeyboardInterrupt
        return "run"


def train_cut(project: Project, cuts: list[int]) -> tuple[RunFolder, list[int]]:
    """Train a run that is cut at these steps, each time taken up from its files alone; returns where it was resumed."""
    folder, resumed = create_run(project), []
    for before, cut in zip([0, *cuts], cuts, strict=False):
        command = CutCommand(folder, cut - before)
        assert work(folder, command, command.hear).status == "paused"
        saved = load_last(folder.checkpoints)
        assert saved is not None
        resumed.append(saved.step)
        clear_for_resume(folder)
        torch.manual_seed(cut)
    assert work(folder).status == "finished"
    return folder, resumed


def assert_same(one: RunFolder, other: RunFolder) -> None:
    """Both ended with the same tensors (weights, optimizer, best weights, random state) and reported the same numbers."""
    ours, theirs = load_last(one.checkpoints), load_last(other.checkpoints)
    assert ours is not None and theirs is not None and ours.step == theirs.step == STEPS
    assert ours.tensors.keys() == theirs.tensors.keys()
    assert [name for name, tensor in ours.tensors.items() if not torch.equal(tensor, theirs.tensors[name])] == []
    for split, name in (("train", "loss"), ("validation", "loss"), ("validation", "accuracy")):
        curve, expected = read_curve(other, split, name), read_curve(one, split, name)
        assert len(curve) > 1 and curve == expected, (split, name)


def read_curve(run: RunFolder, split: str, name: str) -> list[tuple[int, float]]:
    """The points of a curve."""
    frame = store.scalars(run)
    found = frame[(frame["split"] == split) & (frame["name"] == name)]
    return list(zip(found["step"], found["value"], strict=True))


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "precision"), [(1, "bfloat16"), (2, "bfloat16"), (3, "float32")])
def test_ten_resumes_at_random_steps_change_no_bit(home: Path, seed: int, precision: str) -> None:
    torch.set_num_threads(1)
    project = make_project(seed, EPOCHS, precision)
    cuts = sorted(random.Random(seed).sample(range(1, STEPS), CUTS))
    whole, _ = train_cut(project, [])
    pieces, resumed = train_cut(project, cuts)
    assert resumed == cuts and any(step % 9 for step in cuts)
    assert whole.read_environment()["precision"] == precision
    assert store.notices(pieces) == store.notices(whole)
    assert_same(whole, pieces)


@pytest.mark.slow
def test_a_run_cut_without_a_word_goes_on_from_its_checkpoint_without_a_change(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ended at once, nothing saved: the steps since the last checkpoint are done a second time."""
    monkeypatch.setattr("runtime.loop.FIRST_CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("runtime.loop.CHECKPOINT_SECONDS", 0.0)
    torch.set_num_threads(1)
    project = make_project(4, EPOCHS)
    whole, _ = train_cut(project, [])
    cut = create_run(project)
    rand, saved_at = random.Random(4), [0]
    for _ in range(3):
        command = EndCommand(cut, rand.randrange(12, 22))
        assert work(cut, command, command.hear).status == "interrupted"
        saved = load_last(cut.checkpoints)
        assert saved is not None and saved.step > saved_at[-1]
        saved_at.append(saved.step)
        clear_for_resume(cut)
    assert work(cut).status == "finished"
    assert_same(whole, cut)
