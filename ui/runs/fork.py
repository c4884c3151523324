"""Going on from a checkpoint of a run: at once with another learning rate and length, or as a project to be edited first."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from builder.document import Project
from builder.edits import apply_edits
from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from ui.pages import go_to, open_run
from ui.projects import create_project, name_apart
from ui.runs.take_home_panel import BEST, NEWEST, name_checkpoint, resolve_choice
from ui.session import open_project
from ui.training.fields import FieldError, Setting, list_rates, list_settings, read_value, write_value

NOTHING: Final = "There is no checkpoint to go on from yet"
ABOUT: Final = (
    "A new run begins with the weights of a checkpoint; optimizers start anew. With other data or another graph: open it as a "
    "project, change it there, and train. What still fits by name and shape is carried over, and the run says what is not."
)


def show_fork(folder: RunFolder) -> None:
    """The popover that forks a run; a run without a checkpoint has nothing to go on from yet."""
    checkpoints = {entry["name"]: entry for entry in reversed(list_checkpoints(folder.checkpoints))}
    why = None if checkpoints else NOTHING
    with st.popover("Fork", help=why, disabled=not checkpoints, key=f"fork-{folder.id}", on_change="rerun"):
        st.caption(ABOUT)
        chosen = choose_checkpoint(folder, checkpoints)
        texts = ask_settings(folder)
        with st.container(horizontal=True):
            if st.button("Train from here", type="primary", key=f"fork-train-{folder.id}"):
                train_fork(folder, resolve_choice(checkpoints, chosen), texts)
            if st.button("Open as a project", key=f"fork-open-{folder.id}"):
                open_fork(folder, resolve_choice(checkpoints, chosen), texts)


def choose_checkpoint(folder: RunFolder, checkpoints: dict[str, dict[str, Any]]) -> str:
    """Which weights to go on from."""
    keeps_best = folder.read_project().run.keep_best is not None
    names = [*([BEST] if keeps_best else []), NEWEST, *checkpoints]
    return st.selectbox(
        "Weights", names, format_func=lambda name: name_checkpoint(checkpoints, name), key=f"fork-from-{folder.id}"
    )


def list_changes(project: Project) -> list[Setting]:
    """The settings that are asked for: learning rates and how long."""
    settings = list_settings(project)
    return [*list_rates(project), *(settings[key] for key in ("epochs", "max_steps") if key in settings)]


def ask_settings(folder: RunFolder) -> dict[str, str]:
    """What is typed for each setting."""
    return {
        setting.key: st.text_input(setting.label, write_value(setting.value), key=f"fork-{setting.key}-{folder.id}")
        for setting in list_changes(folder.read_project())
    }


def make_fork(folder: RunFolder, checkpoint: str | None, texts: dict[str, str]) -> Project:
    """The project that goes on. Raises FieldError for a value that is not taken, and RunError."""
    from runtime.weights.forking import fork_project

    project = fork_project(folder, checkpoint)
    edits = []
    for setting in list_changes(project):
        value = read_value(project, setting, texts[setting.key])
        if value != setting.value:
            edits.append(setting.build_edit(value))
    return apply_edits(project, edits)


def train_fork(folder: RunFolder, checkpoint: str | None, texts: dict[str, str]) -> None:
    """Start the new run and show it."""
    from runtime.runs.supervisor import start

    try:
        project = make_fork(folder, checkpoint, texts)
        name = f"{str(folder.read_meta()['name'])[:180]} fork"
        run = start(project, name, folder.id)
    except (FieldError, RunError, OSError) as problem:
        st.error(str(problem))
        return
    open_run(run)


def open_fork(folder: RunFolder, checkpoint: str | None, texts: dict[str, str]) -> None:
    """Make a project of it and show its graph."""
    try:
        project = make_fork(folder, checkpoint, texts)
    except (FieldError, RunError, OSError) as problem:
        st.error(str(problem))
        return
    name = name_apart(f"{project.name[:150]} fork")
    open_project(create_project(project.model_copy(update={"name": name})).id)
    go_to("build")
