"""How long the server takes for the table of many runs: the first time, and when they are known.

``python -m benchmarks.runs_table [--runs 500]``. The rows are those of the page: every run with its status, its curve, its best
value and what it changed; *filtered* adds the search by words, tags and results, *tree* the order of forks.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from benchmarks.record import CLOCKS, record
from builder.document import Project
from runtime.events import Scalars
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.listing import list_runs
from runtime.runs.project_file import change_project, read_project
from ui.runs.choosing import Wish, choose
from ui.runs.family import order_as_tree
from ui.runs.table import build_table

POINTS, TIMES = 200, 11
EXPLANATION = (
    "A home with this many runs of two hundred points each, two of three forks of the one before. *First* reads all from "
    "the disk, the others find them known. Milliseconds on the server, on the wall and of the "
    "processor, without what Streamlit does with the rows."
)


def main() -> None:
    """Make the runs, measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=500)
    count = parser.parse_args().runs
    with TemporaryDirectory() as place:
        os.environ["LAYERLOOM_HOME"] = place
        make_runs(Path(place) / "runs", count)
        rows = [measure("first", show_all, 1), measure("known", show_all, TIMES)]
        rows += [measure("filtered", show_filtered, TIMES), measure("tree", show_tree, TIMES)]
    record("runs_table", [{**row, "runs": count} for row in rows], "measurement", EXPLANATION)


def make_runs(home: Path, count: int) -> None:
    """Runs of one project with other learning rates."""
    project, parent = read_project("mnist_cnn"), None
    for number in range(count):
        own = change_project(project, [f"training.adam.lr={10 ** -(2 + number % 30 / 10):.3g}", f"run.seed={number}"])
        parent = make_run(own, home, number, parent if number % 3 else None).id


def make_run(project: Project, home: Path, number: int, parent: str | None) -> RunFolder:
    """A finished run with a curve of accuracy."""
    folder, draw = create_run(project, f"Run {number}", parent, runs=home), random.Random(number)
    folder.write_meta(tags=[f"tag {number % 7}"])
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step in range(1, POINTS + 1):
            values = {"accuracy": 1 - draw.random() / step}
            writer.write(Scalars(step, step / 100, step / 50, "validation", values))
        writer.write_status("finished")
    return folder


def show_all() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table without any wish."""
    runs = list_runs()
    return runs, build_table(runs)


def show_filtered() -> pd.DataFrame:
    """The table of what fits a wish."""
    runs, table = show_all()
    return table[choose(runs, table, Wish("run 1", "Finished", tags=["tag 3"], metric="accuracy", low=0.5))]


def show_tree() -> pd.DataFrame:
    """The table with forks below what they went on from."""
    runs, table = show_all()
    return table.iloc[[place for place, _ in order_as_tree(list(runs["id"]), list(runs["parent"]))]]


def measure(name: str, work: Callable[[], object], times: int) -> dict[str, Any]:
    """A row of the result: the median of each clock."""
    found: dict[str, list[float]] = {clock: [] for clock in CLOCKS}
    for _ in range(times):
        began = {clock: read() for clock, read in CLOCKS.items()}
        work()
        for clock, read in CLOCKS.items():
            found[clock].append((read() - began[clock]) * 1000)
    return {"measurement": name, **{clock: statistics.median(all) for clock, all in found.items()}}


if __name__ == "__main__":
    main()
