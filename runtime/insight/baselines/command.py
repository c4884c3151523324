"""The command of a shell that compares a run with simple baselines."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_baseline(commands: Any) -> None:
    """Add ``baseline`` to the commands of the runtime."""
    baseline = commands.add_parser("baseline", help="compare a run with simple baselines on the same data")
    baseline.add_argument("run", metavar="RUN", help="the id of a run, or its folder")
    baseline.add_argument("--runs", type=Path, metavar="DIR", help="the folder of all runs")
    baseline.set_defaults(command=print_baselines)


def print_baselines(options: argparse.Namespace) -> int:
    """Make the baselines of a run, and print what they and the run reach."""
    from runtime.insight.baselines.comparing import compare_run
    from runtime.runs.folder import find_named
    from runtime.runs.listing import read_row

    folder = find_named(options.run, options.runs)
    compared = compare_run(folder)
    row = read_row(folder)
    for notice in compared["notices"]:
        print(notice)
    print_metrics("This run", (row or {}).get("metrics") or {}, compared)
    for baseline in compared["baselines"]:
        print_metrics(baseline["title"], baseline.get("metrics", {}), compared)
        print(f"    {baseline.get('about') or baseline['reason']}")
    return 0


def print_metrics(title: str, metrics: dict[str, dict[str, float]], compared: dict[str, Any]) -> None:
    """The numbers of one line, a part of the data each line, as far as baselines have them too."""
    measured = [
        (part, name)
        for found in compared["baselines"]
        for part, own in found.get("metrics", {}).items()
        for name in own
    ]
    print(title)
    for part in dict.fromkeys(part for part, _ in measured):
        names = dict.fromkeys(name for of, name in measured if of == part)
        told = [f"{name} {metrics[part][name]:.4g}" for name in names if name in metrics.get(part, {})]
        print(f"    {part}: {', '.join(told) or 'nothing measured'}")
