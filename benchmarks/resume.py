"""How often a run that is killed again and again loses nothing: rows, weights, and the truth of its status.

Each round trains a small network (dropout, batch norm, augmentation, a schedule, bfloat16) once in peace and once killed with
``kill -9`` at random moments, and compares the two bit for bit.

``python -m benchmarks.resume [--rounds 5] [--kills 6] [--seed 0]``
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from benchmarks.record import record
from benchmarks.resumable import make_project
from runtime.runs import store
from runtime.runs.checkpoint import load_last
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.recovery import recover_run
from runtime.runs.worker import work

ROOT = Path(__file__).parents[1]
EPOCHS = 120
EXPLANATION = (
    "A small network with dropout, batch norm, augmentation, a cosine schedule and bfloat16 learns digits. "
    "A worker in a process of its own is killed with SIGKILL at random moments, before its data is ready, while it trains "
    "or while it saves, and started again. *Lost rows* were readable before a kill and not after it; *weights equal* says "
    "that every tensor of the last checkpoint (parameters, buffers, optimizer, random generator) equals the uncut run's; "
    "*status* is the longest time from a kill until the run is shown as interrupted."
)
WORK = """
import sys
from pathlib import Path
import torch
from runtime import loop
from runtime.events import CheckpointDue
from runtime.runs.folder import RunFolder
from runtime.runs.worker import work
torch.set_num_threads(1)
loop.CHECKPOINT_SECONDS = 0.2
print("ready", flush=True)
work(RunFolder(Path(sys.argv[1])), listen=lambda event: isinstance(event, CheckpointDue) and print(event.step, flush=True))
"""


@dataclass
class Found:
    """What one round found."""

    kills: int = 0
    lost_rows: int = 0
    broken_stores: int = 0
    checkpoints: set[int] = field(default_factory=set)
    longest_status: float = 0.0


def kill_once(folder: RunFolder, saves: int, seconds: float) -> None:
    """Start a worker and kill it a while after it was loaded or has saved checkpoints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WORK, str(folder.path)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout is not None
        for _ in range(1 + saves):
            child.stdout.readline()
        time.sleep(seconds)
        child.kill()


def count_rows(folder: RunFolder) -> int:
    """How many points can be read."""
    return len(store.scalars(folder))


def kill_again_and_again(folder: RunFolder, kills: int, rand: random.Random) -> Found:
    """Kill the run's workers and look after each kill what is left."""
    found, rows = Found(), 0
    for _ in range(kills):
        kill_once(folder, rand.choice((0, 1, 1, 2)), rand.uniform(0.0, 1.0))
        found.kills += 1
        started = time.perf_counter()
        recover_run(folder)
        is_true = store.read_status(folder) in ("interrupted", "finished")
        found.longest_status = max(found.longest_status, time.perf_counter() - started if is_true else float("inf"))
        try:
            left = count_rows(folder)
        except Exception:
            found.broken_stores += 1
            continue
        found.lost_rows += max(0, rows - left)
        rows = left
        saved = load_last(folder.checkpoints)
        found.checkpoints.add(saved.step if saved else 0)
    return found


def is_equal(one: RunFolder, other: RunFolder) -> bool:
    """Whether two runs ended with the same tensors and the same losses, to the last bit."""
    ours, theirs = load_last(one.checkpoints), load_last(other.checkpoints)
    if ours is None or theirs is None or ours.tensors.keys() != theirs.tensors.keys():
        return False
    losses = [store.scalars(run).query("split == 'train' and name == 'loss'")["value"].tolist() for run in (one, other)]
    return losses[0] == losses[1] and all(torch.equal(t, theirs.tensors[name]) for name, t in ours.tensors.items())


def run_round(number: int, kills: int, seed: int) -> dict[str, Any]:
    """One round: a row of the result."""
    rand = random.Random(f"{seed}-{number}")
    project = make_project(number, EPOCHS)
    whole, killed = create_run(project), create_run(project)
    work(whole)
    found = kill_again_and_again(killed, kills, rand)
    if store.read_status(killed) != "finished":
        work(killed)
    return {
        "round": number,
        "kills": found.kills,
        "cuts": len(found.checkpoints),
        "lost rows": found.lost_rows,
        "broken stores": found.broken_stores,
        "status": f"{found.longest_status:.2f} s",
        "weights equal": is_equal(whole, killed),
    }


def main() -> int:
    """Run all rounds. Returns 1 where anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    rows = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["LAYERLOOM_HOME"] = home
        for number in range(options.rounds):
            rows.append(run_round(number, options.kills, options.seed))
            print(rows[-1], flush=True)
            record("resume", rows, "round", EXPLANATION)
    return int(any(row["lost rows"] or row["broken stores"] or not row["weights equal"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
