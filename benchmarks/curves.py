"""How long the server takes to show a run of a million points, and how many bytes that is, compared with the run's own size.

``python -m benchmarks.curves [--points 1000000]``. One row is the first look at the run, one the looks that follow while
1,000 points come in between, one the comparison of several such runs, and one what other programs are given.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.record import record
from builder.document import Project
from runtime.events import Scalars
from runtime.export.metrics import write_csv, write_parquet
from runtime.export.tensorboard import write_archive
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.store import POINTS_A_REFRESH, scalars, since

LOOKS = 31
COMPARED = 5
STRETCH = 4_096
EXPLANATION = (
    "Runs whose loss has this many points. *First* is the answer to a page that has seen nothing, *refresh* to one that has seen "
    "all but the last 1,000 points, *compared* the first answers of five such runs together; milliseconds on the server, with "
    "the JSON that goes over the wire, and its kilobytes. *Extremes* says whether the lowest and highest value of each "
    "stretch of 4,096 points are in the first answer. *Export* is the time until a file is written, and its size."
)

Row = dict[str, Any]


def main() -> None:
    """Make the runs, measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    points = parser.parse_args().points
    with TemporaryDirectory() as place:
        folders = [make_run(Path(place), points, seed) for seed in range(COMPARED)]
        rows = [measure_first(folders[0]), measure_refresh(folders[0], points), measure_compared(folders)]
        rows += [measure_export(name, folders[0], Path(place), write) for name, write in EXPORTS.items()]
    record("curves", [{**row, "points": points} for row in rows], "measurement", EXPLANATION)


EXPORTS: dict[str, Callable[[RunFolder, Path], None]] = {
    "metrics.csv": lambda folder, file: write_csv([folder], file),
    "metrics.parquet": lambda folder, file: write_parquet([folder], file),
    "tensorboard.zip": write_archive,
}


def make_run(home: Path, points: int, seed: int) -> RunFolder:
    """A run with a noisy falling loss of so many points."""
    folder, draw = create_run(Project(name=f"Long {seed}"), runs=home), random.Random(seed)
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step in range(1, points + 1):
            writer.write(
                Scalars(step, step / 1000, step / 500, "train", {"loss": draw.expovariate(1) / math.sqrt(step)})
            )
            if step % 50_000 == 0:
                writer.flush()
    return folder


def time_of(work: Callable[[], Any], times: int) -> tuple[list[float], Any]:
    """Milliseconds of each time, and what came of the last."""
    found, answer = [], None
    for _ in range(times):
        began = time.perf_counter()
        answer = work()
        found.append((time.perf_counter() - began) * 1000)
    return found, answer


def describe(name: str, times: list[float], size: int) -> Row:
    """A row of the table."""
    ordered = sorted(times)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {"measurement": name, "median": statistics.median(times), "p95": p95, "kilobytes": size / 1000}


def measure_first(folder: RunFolder) -> Row:
    """What a page is sent that has seen nothing."""
    times, answer = time_of(lambda: json.dumps(since(folder)), LOOKS)
    return {**describe("first", times, len(answer)), "extremes": holds_extremes(folder, json.loads(answer))}


def holds_extremes(folder: RunFolder, answer: Row) -> bool:
    """Whether the lowest and highest value of each stretch was sent."""
    sent = dict(zip(answer["series"][0]["steps"], answer["series"][0]["values"], strict=True))
    table = scalars(folder)
    for start in range(0, len(table) - STRETCH, STRETCH):
        values = table["value"].iloc[start : start + STRETCH]
        if not all(int(table["step"].loc[place]) in sent for place in (values.idxmin(), values.idxmax())):
            return False
    return True


def measure_refresh(folder: RunFolder, points: int) -> Row:
    """What a page is sent that has seen all but a thousand points."""
    cursor = since(folder)["cursor"]
    _, _, others = str(cursor).partition("~")
    times, answer = time_of(lambda: json.dumps(since(folder, f"{points - 1000}~{others}")), LOOKS)
    return describe("refresh", times, len(answer))


def measure_compared(folders: list[RunFolder]) -> Row:
    """The first answers of several runs, which share the points of one."""
    share = POINTS_A_REFRESH // len(folders)
    times, answer = time_of(lambda: json.dumps([since(folder, points=share) for folder in folders]), LOOKS)
    return describe(f"{len(folders)} compared", times, len(answer))


def measure_export(name: str, folder: RunFolder, place: Path, write: Callable[[RunFolder, Path], None]) -> Row:
    """How long a file takes."""
    file = place / name
    times, _ = time_of(lambda: write(folder, file), 3)
    return describe(f"export {name}", times, file.stat().st_size)


if __name__ == "__main__":
    main()
