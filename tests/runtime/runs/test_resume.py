"""A run that is killed again and again ends with the weights and losses of one that was left in peace."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest
import torch

from runtime.runs import store
from runtime.runs.checkpoint import load_last
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import environment, iris, shell

KILLS = 6


def resume_and_kill(folder: RunFolder, home: Path, seconds: float) -> None:
    """Train in a process of its own that is killed a while after it has begun."""
    child = subprocess.Popen(
        shell("resume", folder.path), env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not folder.is_locked() and child.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    child.kill()
    child.wait()


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_bit_for_bit_like_one_that_was_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(1)
    monkeypatch.setattr("runtime.loop.CHECKPOINT_SECONDS", 0.2)
    project = iris("run.epochs=2500", "run.threads=1")
    whole, killed = create_run(project), create_run(project)
    rand = random.Random(11)
    shown = 0
    for _ in range(KILLS):
        resume_and_kill(killed, home, rand.uniform(0.3, 3.0))
        steps = store.scalars(killed).query("split == 'train' and name == 'loss'")["step"]
        assert list(steps) == list(range(1, len(steps) + 1))
        assert len(steps) >= shown
        shown = len(steps)
    assert work(killed).status == "finished" == work(whole).status
    ours, theirs = load_last(whole.checkpoints), load_last(killed.checkpoints)
    assert ours is not None and theirs is not None and ours.step == theirs.step
    assert ours.tensors.keys() == theirs.tensors.keys()
    for name, tensor in ours.tensors.items():
        assert torch.equal(tensor, theirs.tensors[name]), name
    losses = [store.scalars(run).query("split == 'train' and name == 'loss'") for run in (whole, killed)]
    assert list(losses[0]["value"]) == list(losses[1]["value"])
