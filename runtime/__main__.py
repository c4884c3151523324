"""Training from a shell: ``python -m runtime train FILE``, ``resume RUN``, ``estimate``, ``runs``, ``export`` and more."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from runtime.runs.errors import RunError

FINISHED, FAILED, MISUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says. Returns the exit code: 0 finished, 1 failed, 2 not understood."""
    options = make_parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except RunError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:
        return FAILED


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    from runtime.forecast.command import add_estimate
    from runtime.insight.baselines.command import add_baseline
    from runtime.runs.queue_commands import add_commands

    parser = argparse.ArgumentParser(prog="python -m runtime", description="Train Layerloom projects from a shell.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="train a project and print how it ended, last, as one line of JSON")
    train.add_argument("file", metavar="FILE", help="a project file, or the name of a preset")
    train.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="PATH=VALUE", help="such as run.epochs=2"
    )
    train.add_argument("--name", help="what the run is called")
    train.set_defaults(command=train_project)
    resume = commands.add_parser("resume", help="let a run go on from its newest checkpoint")
    resume.add_argument("run", metavar="RUN", help="the id of a run, or its folder")
    resume.set_defaults(command=resume_run)
    listing = commands.add_parser("runs", help="list the runs, the newest first")
    listing.set_defaults(command=print_runs)
    export = commands.add_parser("export", help="write the take-home files of a run")
    export.add_argument("run", metavar="RUN", help="the id of a run, or its folder")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="where they go")
    export.set_defaults(command=export_files)
    metrics = commands.add_parser("metrics", help="write every point of every curve of a run as CSV or Parquet")
    metrics.add_argument("run", metavar="RUN", help="the id of a run, or its folder")
    metrics.add_argument("--out", type=Path, required=True, metavar="FILE", help="such as run.csv or run.parquet")
    metrics.set_defaults(command=export_metrics)
    for command in (train, resume, listing, export, metrics):
        command.add_argument("--runs", type=Path, metavar="DIR", help="the folder of all runs")
    add_estimate(commands)
    add_baseline(commands)
    add_commands(commands)
    compiling = commands.add_parser("compile", description="Compiles the networks of a run, which it is told on stdin.")
    compiling.set_defaults(command=compile_networks)
    worker = commands.add_parser("worker", description="Trains one run for a server, which names its folder on stdin.")
    worker.set_defaults(command=serve)
    return parser


def train_project(options: argparse.Namespace) -> int:
    """Train a project in this process."""
    from runtime.runs.project_file import change_project, read_project

    try:
        project = change_project(read_project(options.file), options.settings)
    except RunError as error:
        print(error, file=sys.stderr)
        return MISUSED
    from runtime.runs.admission import admit
    from runtime.runs.folder import create_run, find_newest, make_run_id, runs_folder
    from runtime.runs.shell import train_here, wait_for_device

    admit(project)

    def name() -> str:
        return make_run_id(project.name, find_newest(runs_folder(options.runs)))

    with wait_for_device(name, project.run.device, options.runs) as slot:
        return train_here(create_run(project, options.name, runs=options.runs, id=slot.run), slot.device)


def resume_run(options: argparse.Namespace) -> int:
    """Let a run go on in this process."""
    from runtime.runs.control import clear_for_resume
    from runtime.runs.folder import find_named
    from runtime.runs.shell import train_here, wait_for_device

    folder = find_named(options.run, options.runs)
    with wait_for_device(lambda: folder.id, folder.read_project().run.device, folder.path.parent) as slot:
        clear_for_resume(folder)
        return train_here(folder, slot.device)


def print_runs(options: argparse.Namespace) -> int:
    """Print a table of all runs."""
    from runtime.runs.listing import list_runs

    table = list_runs(options.runs)
    if table.empty:
        print("There are no runs yet.")
    else:
        print(table[["id", "name", "status", "step", "seconds", "best"]].to_string(index=False, na_rep=""))
    return FINISHED


def export_files(options: argparse.Namespace) -> int:
    """Write the take-home files of a run, and print what was written and whether it was verified."""
    from runtime.export.runs import export_run
    from runtime.runs.folder import find_named

    package = export_run(find_named(options.run, options.runs), options.out)
    print(package.path)
    return FINISHED if package.verified else FAILED


def export_metrics(options: argparse.Namespace) -> int:
    """Write the numbers of a run as the suffix of the file says."""
    from runtime.export.metrics import write_metrics
    from runtime.runs.folder import find_named

    write_metrics([find_named(options.run, options.runs)], options.out)
    print(options.out)
    return FINISHED


def compile_networks(options: argparse.Namespace) -> int:
    """Compile networks for a run that trains meanwhile."""
    from runtime.compiling.child import serve_compiling

    del options
    return serve_compiling()


def serve(options: argparse.Namespace) -> int:
    """Train one run for a server."""
    from runtime.runs.process import serve_one_run

    del options
    return serve_one_run()


if __name__ == "__main__":
    sys.exit(main())
