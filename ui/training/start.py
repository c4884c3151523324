"""Starting a run of a project, and finding its runs again after a reload: their folders say which project they are of."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import streamlit as st

from builder.document import Project
from runtime.runs.folder import RunFolder, list_folders
from ui.projects import Stored, save_project
from ui.versions import VersionError, keep_version

ORIGIN = "project"
ASKED = "training_was_asked_for"
RECENT = 400
"""How many of the latest runs are looked through."""


def start_run(stored: Stored) -> str:
    """Start a run of a project and return its id. A preset that was only looked at becomes a project by this.

    Raises:
        RunRefused: the project has errors.
    """
    from runtime.runs.supervisor import start
    from runtime.weights.forking import find_parent
    from ui.training.forecast import stop_forecasts

    stop_forecasts()
    stored = keep_project(stored)
    run = start(mark_origin(stored.project, stored.id), parent=find_parent(stored.project))
    keep_as_trained(stored)
    return run


def repeat_run(stored: Stored, count: int) -> list[str]:
    """Start runs of a project with so many seeds and return their ids.

    Raises:
        RunError: it cannot be repeated so many times.
        RunRefused: the project has errors.
    """
    from runtime.runs.supervisor import repeat

    return start_several(stored, count, repeat)


def cross_validate(stored: Stored, count: int) -> list[str]:
    """Start a run of a project for each of so many folds of its data and return their ids.

    Raises:
        RunError: its data cannot be divided into so many.
        RunRefused: the project has errors.
    """
    from runtime.runs import supervisor

    return start_several(stored, count, supervisor.cross_validate)


def start_several(stored: Stored, count: int, start: Callable[..., list[str]]) -> list[str]:
    """Start runs of a project that differ in one thing. Raises RunError."""
    from runtime.weights.forking import find_parent
    from ui.training.forecast import stop_forecasts

    stop_forecasts()
    stored = keep_project(stored)
    runs = start(mark_origin(stored.project, stored.id), count, parent=find_parent(stored.project))
    keep_as_trained(stored)
    return runs


def keep_project(stored: Stored) -> Stored:
    """The project with a file of its own: a preset that was only looked at has none yet."""
    return stored if stored.revision else save_project(stored.id, stored.project, base=0, revision=1)


def ask_to_start(id: str) -> None:
    """Have the train page start a run of a project as soon as it is shown in this tab."""
    st.session_state[ASKED] = id


def is_asked_for(stored: Stored) -> bool:
    """Whether a run of this project was asked for on another page; it is told once."""
    return bool(st.session_state.pop(ASKED, None) == stored.id)


def keep_as_trained(stored: Stored) -> None:
    """Keep what is being trained as a version. A full disk does not stop the run."""
    with suppress(VersionError, OSError):
        keep_version(stored.id, stored.project, "Training started", automatic=True, revision=stored.revision)


def mark_origin(project: Project, id: str) -> Project:
    """The project with a note of which one it is, for its run's folder."""
    return project.model_copy(update={"about": {**project.about, ORIGIN: id}})


def find_latest(project: str) -> RunFolder | None:
    """The latest run of a project; None where it has none."""
    return next((folder for folder in list_folders()[:RECENT] if read_origin(folder.path) == project), None)


def find_current(project: str) -> RunFolder | None:
    """The run of a project that trains, else the first that waits, else the latest; None where it has none."""
    from runtime.runs.listing import read_row
    from runtime.runs.supervisor import open_supervisor

    queue = open_supervisor().queue
    queued = [folder for folder in queue.waiting() if read_origin(folder.path) == project]
    waiting = {folder.id for folder in queued}
    own = [folder for folder in list_folders()[:RECENT] if read_origin(folder.path) == project]
    for folder in own:
        row = read_row(folder) if folder.id not in waiting else None
        if row is not None and row["status"] in ("queued", "running"):
            return folder
    return next(iter([*queued, *own]), None)


def read_origin(folder: Path) -> str | None:
    """The project that a run is of; None for runs of other makers."""
    try:
        return _read_origin(folder / "project.json")
    except (OSError, ValueError):
        return None


@lru_cache(1024)
def _read_origin(file: Path) -> str | None:
    """Read it once: a run never changes its project."""
    about = json.loads(file.read_bytes()).get("about") or {}
    origin = about.get(ORIGIN)
    return origin if isinstance(origin, str) else None
