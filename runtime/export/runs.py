"""Takes a run home: from its folder to verified files, at any time and from any of its checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from builder.document import Project, Run
from runtime.data.located import Report
from runtime.data.prepare import prepare
from runtime.export.package import Package, Progress, build_package, write_prepared
from runtime.runs.environment import ADAPTED
from runtime.runs.folder import RunFolder
from runtime.runs.store import notices, open_run, read_status
from runtime.runs.weights import read_snapshot

EXPORTS = "take-home"
EVER = 2**62
NEWEST = (
    "SELECT name, (SELECT value FROM scalars WHERE series = series.id AND step BETWEEN ? AND ? ORDER BY point DESC LIMIT 1) "
    "FROM series WHERE split = ? ORDER BY id"
)
"""The newest value of every curve of a part within a span of steps."""


def export_run(
    folder: RunFolder, out: Path | None = None, checkpoint: str | None = None, progress: Progress = lambda _: None
) -> Package:
    """Write, verify and zip the take-home files of a run.

    Args:
        folder: the run; it may still be training.
        out: where the files go; a folder inside the run's own unless told otherwise.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the last ones.
        progress: told what is being done.

    Raises:
        RunError: the run has no such checkpoint yet.
        DataError: the run's data is not there any more.
    """
    progress("Reading the weights")
    snapshot = read_snapshot(folder, checkpoint)
    project = as_it_ran(folder)
    name = folder.id.split("-", 2)[2].rsplit("-", 1)[0]
    report = describe_run(folder, checkpoint, snapshot.step)
    return build_package(project, snapshot.weights, report, out or folder.path / EXPORTS, name, progress=progress)


def export_prepared(folder: RunFolder, out: Path | None = None, progress: Report | None = None) -> Path:
    """Write the run's prepared data for ``train.py --data``; returns the file. Raises DataError."""
    target = out or folder.path / EXPORTS
    target.mkdir(parents=True, exist_ok=True)
    project = folder.read_project()
    return write_prepared(project, target / "prepared.safetensors", prepare(project, progress))


def as_it_ran(folder: RunFolder) -> Project:
    """The run's project with what was recorded where it trained: threads, precision and the like, which change bits."""
    project, environment = folder.read_project(), folder.read_environment()
    recorded = {name: environment[name] for name in ("threads", *ADAPTED) if name in environment}
    try:
        run = Run.model_validate({**project.run.model_dump(), **recorded})
    except ValidationError:
        run = project.run  # the record is no record any more
    return project.model_copy(update={"run": run})


def describe_run(folder: RunFolder, checkpoint: str | None, step: int) -> dict[str, Any]:
    """What the model card tells of a run, and of the checkpoint that its weights stood at."""
    return {
        "run": folder.id,
        "name": folder.read_meta()["name"],
        "status": read_status(folder),
        "checkpoint": checkpoint or "best, or last",
        "step": step,
        "metrics": find_metrics(folder, step, is_tested=checkpoint is None),
        "environment": folder.read_environment(),
        "notices": notices(folder),
    }


def find_metrics(folder: RunFolder, step: int, is_tested: bool) -> dict[str, dict[str, float]]:
    """What was measured with the weights of a step.

    On the validation part that is what was measured at this very step, and of the training part the newest values up to it.
    The test part is measured at the end, with the weights that are exported unless another checkpoint is asked for.
    """
    spans = {"train": (0, step), "validation": (step, step)} | ({"test": (0, EVER)} if is_tested else {})
    with open_run(folder) as connection:
        rows = {part: connection.execute(NEWEST, (*span, part)).fetchall() for part, span in spans.items()}
    found = {part: {name: value for name, value in values if value is not None} for part, values in rows.items()}
    return {part: values for part, values in found.items() if values}
