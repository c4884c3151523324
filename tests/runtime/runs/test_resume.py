"""A run that is killed again and again ends with the weights and losses of one that was left in peace."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from runtime.runs import store
from runtime.runs.checkpoint import load_last
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import ROOT, environment, iris

KILLS = 6
WORK = """
import sys
from pathlib import Path
from runtime import loop
from runtime.events import CheckpointDue
from runtime.runs.folder import RunFolder
from runtime.runs.worker import work
loop.CHECKPOINT_SECONDS = 0.1
work(RunFolder(Path(sys.argv[1])), listen=lambda event: isinstance(event, CheckpointDue) and print(event.step, flush=True))
"""


def resume_and_kill(folder: RunFolder, home: Path, seconds: float) -> None:
    """Train in a process of its own that is killed a while after it has saved its first checkpoint."""
    child = subprocess.Popen(
        [sys.executable, "-c", WORK, str(folder.path)], env=environment(home), cwd=ROOT, stdout=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    child.wait()
    child.stdout.close()


@pytest.mark.slow
def test_a_run_killed_at_random_moments_ends_bit_for_bit_like_one_that_was_not(home: Path) -> None:
    torch.set_num_threads(1)
    project = iris("run.epochs=1500", "run.threads=1")
    whole, killed = create_run(project), create_run(project)
    rand = random.Random(11)
    shown = 0
    cuts = []
    for _ in range(KILLS):
        resume_and_kill(killed, home, rand.uniform(0, 0.6))
        steps = store.scalars(killed).query("split == 'train' and name == 'loss'")["step"]
        assert list(steps) == list(range(1, len(steps) + 1))
        assert len(steps) >= shown
        shown = len(steps)
        saved = load_last(killed.checkpoints)
        cuts.append(saved.step if saved else 0)
    assert store.read_status(killed) == "running" and cuts == sorted(set(cuts)) and cuts[0] > 0
    assert work(killed).status == "finished" == work(whole).status
    ours, theirs = load_last(whole.checkpoints), load_last(killed.checkpoints)
    assert ours is not None and theirs is not None and ours.step == theirs.step
    assert ours.tensors.keys() == theirs.tensors.keys()
    for name, tensor in ours.tensors.items():
        assert torch.equal(tensor, theirs.tensors[name]), name
    losses = [store.scalars(run).query("split == 'train' and name == 'loss'") for run in (whole, killed)]
    assert list(losses[0]["value"]) == list(losses[1]["value"])
