"""Everything that has an aim of speed, measured in one run as ratios: medians of interleaved pairs with an interval.

``python -m benchmarks.run [PART ...] [--pairs 31] [--threads 1] [--clock wall|processor]`` with the names of parts, all of them
unless told otherwise: ``hand``, ``tutorials``, ``pages``, ``checker``, ``edits``, ``screen``. The last two call the benchmarks of
that name, which write pages of their own; ``screen`` needs Chromium.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from benchmarks.classifiers import AS_TUTORIALS, BY_HAND, Classifier
from benchmarks.edit_latency import change, make_project
from benchmarks.pages import measure_pages
from benchmarks.record import CLOCKS, record
from benchmarks.reference.tutorials import tutorial_loop
from benchmarks.step_time import find_interval, measure, run_loop, written_loop
from builder.analysis import analyse
from builder.compiler import build_network
from builder.document import Project
from builder.probing import cached_probe
from builder.rules import check
from builder.shape_flow import infer

ROOT = Path(__file__).parents[1]
SIZES = (100, 1000, 5000)
MOST_BY_HAND = 1.03
LEAST_TUTORIALS = {"small CNN (A4), batch 32": 1.15, "MLP, batch 128": 2.0, "MLP, batch 1024": 4.0}
LEAST_PAGES = {4: 0.95}
EXPLANATION = (
    "Ratios, each the median of those of interleaved pairs with the interval that holds it in 95 of 100 repetitions; who begins "
    "alternates. *By hand*: seconds of a step of a run's whole loop divided by those of the best loop written by hand for the "
    "same network (resident tensors, one look-up a batch, losses read at the end of a stretch). *Tutorials*: seconds of a step "
    "of the loop as tutorials write it (`benchmarks/reference/tutorials.py`: a `DataLoader` of single samples, `.item()` each "
    "step) divided by those of ours. *Pages*: the speed of a run that so many pages ask for its news every 0.3 seconds, without "
    "a browser, divided by its speed when nobody looks, in windows of three seconds. *Checker*: milliseconds for a chain of this "
    "many nodes, shapes and findings: with nothing remembered (*first ms*), and after one parameter changed (*second ms*). "
    "*Compiler*: from the drawing to modules. Elsewhere *first ms* and *second ms* are the medians of the two that are compared."
)

Row = dict[str, Any]


def describe(
    name: str, times: list[tuple[float, float]], ratios: list[float], reaches: Callable[[float], bool] | None
) -> Row:
    """A row of two things that were measured in turn."""
    low, high = find_interval(ratios)
    ratio = statistics.median(ratios)
    return {
        "measurement": name,
        "ratio": round(ratio, 3),
        "interval": f"{low:.3f} to {high:.3f}",
        "pairs": len(ratios),
        "first ms": round(1000 * statistics.median(first for first, _ in times), 3),
        "second ms": round(1000 * statistics.median(second for _, second in times), 3),
        "reached": "" if reaches is None else reaches(ratio),
    }


def compare_by_hand(options: argparse.Namespace) -> Iterator[Row]:
    """A run's loop beside the best loop by hand."""
    for item in BY_HAND:
        tensors = item.tensors
        hand = written_loop(item.write(), tensors["image"], tensors["label"])
        times = take_turns(item, run_loop(item.project, tensors), hand, options)
        ratios = [ours / theirs for ours, theirs in times]
        yield describe(f"by hand: {item.name}", times, ratios, lambda ratio: ratio <= MOST_BY_HAND)


def compare_tutorials(options: argparse.Namespace) -> Iterator[Row]:
    """The loop of the tutorials beside ours."""
    for item in AS_TUTORIALS:
        tensors, network = item.tensors, item.write()
        theirs = tutorial_loop(network, item.make_optimizer(network), tensors["image"], tensors["label"], item.batch)
        times = take_turns(item, theirs, run_loop(item.project, tensors, is_adapted=True), options)
        least = LEAST_TUTORIALS.get(item.name)
        ratios = [tutorial / ours for tutorial, ours in times]
        yield describe(f"tutorials: {item.name}", times, ratios, least and (lambda ratio, least=least: ratio >= least))


def take_turns(
    item: Classifier, first: Callable[[int], None], second: Callable[[int], None], options: argparse.Namespace
) -> list[tuple[float, float]]:
    """Seconds of a step of both."""
    return measure(first, second, options.pairs, item.steps, CLOCKS[options.clock])


def compare_pages(options: argparse.Namespace) -> Iterator[Row]:
    """A run that is watched beside the same that is not."""
    for pages in (1, 4):
        times = measure_pages(pages, options.pairs)
        ratios = [alone / watched for alone, watched in times]
        least = LEAST_PAGES.get(pages)
        name = f"pages: {pages} polling"
        yield describe(name, times, ratios, least and (lambda ratio, least=least: ratio >= least))


def measure_checker(options: argparse.Namespace) -> Iterator[Row]:
    """Checker and compiler on chains of several lengths."""
    clock = CLOCKS[options.clock]
    analyse(make_project(10))
    gc.collect()
    for nodes in SIZES:
        project = make_project(nodes)
        cached_probe.cache_clear()
        cold = time_of(clock, check_whole, project)
        checks, builds = [], []
        for pair in range(options.pairs):
            changed = change(project, f"n{(nodes - 4) // 6 * 3}", 9 + pair)
            checks.append(time_of(clock, check_whole, changed))
            builds.append(time_of(clock, build_network, changed, "model", infer(changed)))
        about = {"pairs": options.pairs, "first ms": in_ms([cold]), "second ms": in_ms(checks)}
        yield {"measurement": f"checker: {nodes} nodes", **about}
        yield {"measurement": f"compiler: {nodes} nodes", "pairs": options.pairs, "first ms": in_ms(builds)}


def check_whole(project: Project) -> None:
    """Shapes and findings."""
    check(project, infer(project))


def time_of(clock: Callable[[], float], work: Callable[..., Any], *arguments: Any) -> float:
    """How many seconds something takes."""
    begun = clock()
    work(*arguments)
    return clock() - begun


def in_ms(seconds: list[float]) -> float:
    """The median in milliseconds."""
    return round(1000 * statistics.median(seconds), 1)


def call_edits(options: argparse.Namespace) -> Iterator[Row]:
    """What Python takes from an edit to shapes and findings."""
    yield from call("benchmarks.edit_latency", "--edits", str(options.pairs), "--clock", options.clock)


def call_screen(options: argparse.Namespace) -> Iterator[Row]:
    """What a person waits for in a browser: the start, edits, the first loss."""
    del options
    yield from call("benchmarks.screen", "start", "edits", "training")


def call(module: str, *arguments: str) -> Iterator[Row]:
    """Run another benchmark, which writes down what it finds; there are no rows of it here."""
    subprocess.run([sys.executable, "-m", module, *arguments], cwd=ROOT, check=True)
    return iter(())


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "hand": compare_by_hand,
    "tutorials": compare_tutorials,
    "pages": compare_pages,
    "checker": measure_checker,
    "edits": call_edits,
    "screen": call_screen,
}


def main() -> None:
    """Measure what was asked for, and write each row down as soon as it is known."""
    parser = argparse.ArgumentParser(description="Speed, as ratios.")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them unless told otherwise"
    )
    parser.add_argument("--pairs", type=int, default=31)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]!r}; there is: {', '.join(PARTS)}")
    torch.set_num_threads(options.threads)
    begun = time.perf_counter()
    for part in options.parts or PARTS:
        for row in PARTS[part](options):
            row["clock"] = options.clock
            record("run", [row], "measurement", EXPLANATION)
            print(json.dumps(row), flush=True)
    print(f"{time.perf_counter() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
