"""Takes a run home: from its folder to verified files, at any time and from any of its checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from builder.document import Project
from runtime.data.located import Report
from runtime.data.prepare import prepare
from runtime.export.package import Package, Progress, build_package, write_prepared
from runtime.runs.checkpoint_index import read_index
from runtime.runs.folder import RunFolder
from runtime.runs.store import read_status, since
from runtime.runs.weights import read_snapshot

EXPORTS = "take-home"


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
    """The run's project with what was recorded where it trained: threads and precision, which change bits."""
    project, environment = folder.read_project(), folder.read_environment()
    changes: dict[str, Any] = {}
    if isinstance(environment.get("threads"), int):
        changes["threads"] = environment["threads"]
    if environment.get("precision") in ("float32", "bfloat16"):
        changes["precision"] = environment["precision"]
    return project.model_copy(update={"run": project.run.model_copy(update=changes)})


def describe_run(folder: RunFolder, checkpoint: str | None, step: int) -> dict[str, Any]:
    """What the model card tells of a run, and of the checkpoint that its weights stood at."""
    latest = since(folder)
    return {
        "run": folder.id,
        "name": folder.read_meta()["name"],
        "status": read_status(folder),
        "checkpoint": checkpoint or "best, or last",
        "step": step,
        "metrics": find_metrics(folder, checkpoint, latest),
        "environment": folder.read_environment(),
        "notices": latest.get("notices") or [],
    }


def find_metrics(folder: RunFolder, checkpoint: str | None, latest: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What was measured with the weights that leave; of a checkpoint between two validations that is nothing."""
    if checkpoint is None:
        return (latest["ended"] or {}).get("metrics") or last_values(latest["series"])
    entry = read_index(folder.checkpoints).find(checkpoint)
    return {"validation": entry.metrics} if entry and entry.metrics else {}


def last_values(series: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """The newest value of every curve, by part."""
    found: dict[str, dict[str, float]] = {}
    for curve in series:
        if curve["values"]:
            found.setdefault(curve["split"], {})[curve["name"]] = curve["values"][-1]
    return found
