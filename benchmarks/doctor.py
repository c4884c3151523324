"""What the run's doctor costs: the whole loop with its looks and diagnoses, as a ratio to the loop without them.

Both train the same network on the same data in the same process, in interleaved stretches; the ratio of each pair is taken
and the median is written down with an interval.

``python -m benchmarks.doctor [--pairs 21] [--seconds 3] [--threads 1] [--clock wall|processor]``
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.record import CLOCKS, record
from benchmarks.step_time import find_interval
from runtime.data.prepare import prepare
from runtime.insight.doctor import Doctor
from runtime.looks.pace import Pace
from runtime.loop import train
from runtime.runs.command import Command
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session

PRESETS = ("mnist_mlp", "mnist_cnn", "mnist_cnn_deep")
EXPLANATION = (
    "Seconds of a step of the whole loop with looks and the doctor divided by those without, the preset's own network, data, "
    "batch size and optimizer. Stretches of both alternate, and so does who begins; each pair gives a ratio. The interval holds "
    "the median of the ratios in 95 of 100 repetitions. *Share* is what the looks themselves took of the time, as their own "
    "clock says. The aim is a ratio of at most 1.01."
)


class Never(Pace):
    """Does not look."""

    def is_due(self) -> bool:
        """It never is."""
        return False


class Stopwatch:
    """Counts the seconds of the stretches of one run only: while the other one works its looks do not become due."""

    def __init__(self) -> None:
        self.before, self.since = 0.0, 0.0

    def __call__(self) -> float:
        """The seconds so far."""
        return self.before + time.perf_counter() - self.since

    def stop(self) -> None:
        """End a stretch."""
        self.before = self()


class Counted(Pace):
    """Looks as a run does, and adds up what that cost."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__(watch)
        self.watch = watch
        self.looks, self.cost = 0, 0.0

    def rest(self, cost: float) -> None:
        """Count a look."""
        super().rest(cost)
        self.looks, self.cost = self.looks + 1, self.cost + cost

    def add(self, cost: float) -> None:
        """Count what belongs to it."""
        super().add(cost)
        self.cost += cost


def make_run(preset: str, pace: Pace) -> Callable[[int], None]:
    """Steps of a run, which goes on where it was."""
    project = change_project(read_project(preset), ["run.epochs=1000000", "run.device=cpu"])
    session = Session.create(project, prepare(project, lambda doing, done: None), torch.device("cpu"))
    session.looker.pace = pace
    doctor = Doctor(session.project)
    command = Command(Path("no such control file"))

    def run(steps: int) -> None:
        end = session.step + steps
        if isinstance(pace, Counted):
            pace.watch.since = time.perf_counter()
        for event in train(session, lambda: command() if session.step < end else "pause"):
            if not isinstance(pace, Never):
                doctor.hear(event)
        if isinstance(pace, Counted):
            pace.watch.stop()

    return run


def measure(preset: str, pairs: int, seconds: float, threads: int, clock: str) -> dict[str, object]:
    """A row of the table."""
    pace, read = Counted(Stopwatch()), CLOCKS[clock]
    runs = {"with": make_run(preset, pace), "without": make_run(preset, Never())}
    start = time.perf_counter()
    runs["without"](20)
    steps = max(20, int(20 * seconds / (time.perf_counter() - start)))
    runs["with"](20)
    spent, pace.looks, pace.cost = 0.0, 0, 0.0
    ratios = []
    for pair in range(pairs):
        taken = {}
        for name in ("with", "without") if pair % 2 else ("without", "with"):
            start, at = read(), time.perf_counter()
            runs[name](steps)
            taken[name] = read() - start
            spent += time.perf_counter() - at if name == "with" else 0.0
        ratios.append(taken["with"] / taken["without"])
    low, high = find_interval(ratios)
    return {
        "measurement": f"{preset}, {threads} thread{'s' if threads > 1 else ''}, {clock} clock",
        "ratio": round(statistics.median(ratios), 4),
        "interval": f"{low:.4f} to {high:.4f}",
        "share": round(pace.cost / spent, 5),
        "looks": pace.looks,
        "ms a look": round(1000 * pace.cost / max(1, pace.looks), 2),
        "pairs": pairs,
        "steps": steps,
    }


def main() -> None:
    """Measure the presets."""
    parser = argparse.ArgumentParser(description="What the doctor costs.")
    parser.add_argument("--pairs", type=int, default=21)
    parser.add_argument("--seconds", type=float, default=3.0, help="of a stretch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    for preset in PRESETS:
        row = measure(preset, args.pairs, args.seconds, args.threads, args.clock)
        record("doctor", [row], "measurement", EXPLANATION)
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
