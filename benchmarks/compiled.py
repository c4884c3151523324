"""What compiling the networks of a run gains on this machine, and what it costs the run meanwhile.

``python -m benchmarks.compiled [PRESET ...] [--pairs 31] [--threads 1] [--clock wall|processor]``
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.record import CLOCKS, record
from benchmarks.step_time import describe, measure
from runtime.compiling import beside
from runtime.compiling.beside import Beside
from runtime.data.home import VARIABLE, find_home
from runtime.data.prepare import prepare
from runtime.fast_path import adapt_project
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session

PRESETS = ("mnist_mlp", "mnist_cnn", "resnet18_cifar", "text_transformer", "char_gpt", "dcgan")
CPU = torch.device("cpu")
STRETCH_SECONDS = 0.5
SETTINGS = ("run.epochs=1000000", "run.max_steps=1000000")
EXPLANATION = (
    "*Ratio*: seconds of a step with compiled networks divided by those of a step as it is, of a preset with its own batch and "
    "fused optimizers, the median of interleaved pairs of stretches of about half a second, with the interval that holds it "
    "in 95 of 100 repetitions. *Meanwhile*: a step while the other process compiles, divided by one before. *Ready after*: "
    "seconds from the order to compile, with an empty cache, to the first compiled step. *Swap*: seconds of that step, in which "
    "the run stands still. Below 1 is a gain. The last three are by the wall clock, which a load above the number of cores makes "
    "several times longer. On a GPU nothing was measured."
)


def open_preset(name: str, device: torch.device = CPU) -> Session:
    """A run that goes on for as long as anybody wants."""
    project = change_project(read_project(name), SETTINGS)
    prepared = prepare(project)
    return Session.create(adapt_project(project, prepared, device), prepared, device)


def run_steps(session: Session, count: int) -> list[float]:
    """Seconds of each of so many steps."""
    times = []
    for _ in range(count):
        if session.lead.position >= session.lead.num_batches:
            session.end_epoch()
        begun = time.perf_counter()
        session.run_step()
        times.append(time.perf_counter() - begun)
    return times


def stretch(session: Session) -> Callable[[int], None]:
    """Steps of a session, as ``measure`` takes them."""

    def run(steps: int) -> None:
        run_steps(session, steps)

    return run


def swap(session: Session) -> dict[str, Any]:
    """Have the networks of a session compiled while it trains; how long that took and what it cost."""
    told: list[str] = []
    watcher = Beside(session.machinery, told.append, lambda step, is_compiled: None)
    session.machinery.call_network, session.between = watcher.call, watcher.before_step
    before, meanwhile = [], []
    while watcher.is_watching:
        before += run_steps(session, 1)
    begun = time.perf_counter()
    while watcher.process is not None:
        meanwhile += run_steps(session, 1)
    swapping = meanwhile.pop()
    seconds = time.perf_counter() - begun
    run_steps(session, 3)
    return {
        "compiled calls": len(watcher.ready),
        "meanwhile": round(statistics.median(meanwhile) / statistics.median(before), 3),
        "ready after s": round(seconds, 1),
        "swap s": round(swapping, 2),
        "told": " ".join(told),
    }


def measure_preset(name: str, args: argparse.Namespace) -> dict[str, Any]:
    """A row of the table."""
    plain, compiled = open_preset(name), open_preset(name)
    steps = max(2, round(STRETCH_SECONDS / statistics.median(run_steps(plain, 5))))
    found = swap(compiled)
    times = measure(stretch(compiled), stretch(plain), args.pairs, steps, CLOCKS[args.clock])
    return {**describe(name, args.threads, args.clock, times, ("compiled", "plain")), **found}


def main() -> None:
    """Measure some presets, each with an empty cache."""
    parser = argparse.ArgumentParser(description="What compiling the networks of a run gains.")
    parser.add_argument("presets", nargs="*", default=PRESETS)
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    beside.WORTH_SECONDS = -1.0
    data = find_home() / "data"
    for name in args.presets:
        with tempfile.TemporaryDirectory() as home:
            os.environ[VARIABLE] = home
            (Path(home) / "data").symlink_to(data)
            row = measure_preset(name, args)
        record("compiled", [row], "measurement", EXPLANATION)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
