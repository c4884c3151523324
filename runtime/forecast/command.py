"""The commands of a shell that tell what a run would take."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add_estimate(commands: Any) -> None:
    """Add ``estimate`` to the commands of the runtime, and what it starts."""
    estimate = commands.add_parser("estimate", help="measure a few steps, and tell time, memory and the largest batch")
    estimate.add_argument("file", metavar="FILE", help="a project file, or the name of a preset")
    estimate.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="PATH=VALUE", help="such as run.epochs=2"
    )
    estimate.add_argument("--runs", type=Path, metavar="DIR", help="the folder of all runs")
    estimate.add_argument("--json", action="store_true", help="print all numbers as one line of JSON")
    estimate.set_defaults(command=print_estimate)
    measure = commands.add_parser("measure", description="Measures a few steps of a run for another process.")
    measure.add_argument("folder", type=Path, metavar="FOLDER")
    measure.add_argument("clock", choices=("wall", "processor"))
    measure.add_argument("parent", type=int, help="the process that waits for it")
    measure.set_defaults(command=measure_folder)


def print_estimate(options: argparse.Namespace) -> int:
    """Print what a run would take; returns 1 where it will not fit."""
    from runtime.forecast.process import forecast_run
    from runtime.forecast.words import describe_forecast
    from runtime.runs.errors import RunError
    from runtime.runs.project_file import change_project, read_project

    try:
        project = change_project(read_project(options.file), options.settings)
    except RunError as error:
        print(error, file=sys.stderr)
        return 2
    forecast = forecast_run(project, runs=options.runs)
    print(json.dumps(forecast.as_json()) if options.json else describe_forecast(forecast))
    return 0 if forecast.fits else 1


def measure_folder(options: argparse.Namespace) -> int:
    """Measure for another process."""
    from runtime.forecast.process import serve_measuring

    return serve_measuring(options.folder, options.clock, options.parent)
