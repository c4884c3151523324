"""A run as TensorBoard's event files, through tensorboardX, which needs neither TensorFlow nor TensorBoard itself."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tensorboardX import SummaryWriter

from builder.document import Project
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.store import open_run, read_ends, read_points, statuses

MOST_POINTS = 20_000
"""Points of one curve that are written; of longer ones the lowest and highest of each piece. TensorBoard shows 1,000 of them."""

Point = tuple[str, int, float | None, float]


def write_events(folder: RunFolder, out: Path) -> None:
    """Write a run's curves and settings into a log folder of TensorBoard.

    A curve is called ``<name>/<split>``, so that the parts of one number stand beside each other. Wall time is when the run
    began plus the seconds it had trained.

    Raises:
        sqlite3.Error: The run's database cannot be read.
    """
    began = read_beginning(folder)
    with SummaryWriter(str(out), flush_secs=3600, max_queue=10_000) as writer:
        writer.add_text("settings", describe_settings(folder), 0, walltime=began)
        for tag, step, seconds, value in list_points(folder):
            writer.add_scalar(tag, value, step, walltime=began + (seconds or 0.0))


def write_archive(folder: RunFolder, file: Path) -> None:
    """Write the event files into a zip, in a folder that bears the run's id: ``tensorboard --logdir`` reads it unpacked."""
    with TemporaryDirectory() as place, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        write_events(folder, Path(place))
        for path in sorted(Path(place).iterdir()):
            archive.write(path, f"{folder.id}/{path.name}")


def read_beginning(folder: RunFolder) -> float:
    """When a run first trained, in seconds since 1970."""
    history = statuses(folder)
    began = history[history["status"] == "running"]["at"]
    text = began.iloc[0] if len(began) else history["at"].iloc[0]
    return datetime.fromisoformat(text).timestamp()


def list_points(folder: RunFolder) -> Iterator[Point]:
    """Tag, step, seconds and value of each point, curve by curve; a value that was no number is NaN, as it was."""
    with open_run(folder) as connection:
        names = {id: f"{name}/{split}" for id, split, name in connection.execute("SELECT id, split, name FROM series")}
        for id, count in read_ends(connection).items():
            if count:
                for step, _, seconds, value in read_points(connection, id, 0, count, MOST_POINTS // 2):
                    yield names[id], step, seconds, float("nan") if value is None else value


def describe_settings(folder: RunFolder) -> str:
    """What the run trained with, as a table in Markdown."""
    try:
        project = folder.read_project()
    except RunError as error:
        return str(error)
    rows = [f"| {name} | {value} |" for name, value in list_settings(project)]
    return "\n".join(["| setting | value |", "|---|---|", *rows])


def list_settings(project: Project) -> Iterator[tuple[str, object]]:
    """The settings of the run and of every node of the training graph, by dotted path."""
    for name, value in project.run.model_dump(mode="json", exclude_none=True).items():
        yield f"run.{name}", value
    for node in project.training.nodes:
        for name, value in node.params.items():
            yield f"training.{node.id}.{name}", value
