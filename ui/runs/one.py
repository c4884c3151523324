"""The page of one run: as it happened, what can be done with it, and taking it home."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from pathlib import Path

import streamlit as st

from builder.document import Project
from runtime.runs.deleting import delete_run, tell_loss
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder
from runtime.runs.listing import rename_run
from runtime.trash import TrashError
from ui.deleting import ask_to_delete, remember_deleted
from ui.markdown import escape as escape_markdown
from ui.pages import go_to
from ui.projects import Stored, UnreadableProject, create_project, load_project, name_apart
from ui.runs.baselines import show_baselines
from ui.runs.elsewhere import show_elsewhere
from ui.runs.facts import list_facts, write_facts
from ui.runs.family import show_family
from ui.runs.fork import show_fork
from ui.runs.groups import show_group
from ui.runs.notes import show_notes
from ui.runs.take_home import WANTED, ask_for, is_being_made
from ui.runs.take_home_panel import render_take_home
from ui.session import open_project
from ui.training.start import read_origin
from ui.training.waiting import ask_to_repeat_run
from ui.training.watching import name_place, watch_run

STYLE = Path(__file__).parent / "style.css"
RUN = "run"


def show_run(folder: RunFolder) -> None:
    """Show one run."""
    name = folder.read_meta()["name"]
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="run-head"):
        if st.button("All runs", icon=":material/arrow_back:", type="tertiary"):
            leave()
        st.html(f'<b class="ll-title">{escape(str(name))}</b>', width="stretch")
        show_actions(folder, str(name))
    show_settings(folder)
    show_family(folder)
    show_notes(folder)
    show_group(folder)
    show_beside(folder)
    if st.session_state.get(WANTED) == folder.id or is_being_made(folder.id):
        show_take_home(folder)
    watch_run(folder)


def show_settings(folder: RunFolder) -> None:
    """What the run trained with; nothing where its project cannot be read, which is told below."""
    with suppress(RunError):
        project = folder.read_project()
        st.html(write_facts(list_facts(project, name_place(folder, project))))


def show_beside(folder: RunFolder) -> None:
    """Simple baselines beside the run; nothing where its project cannot be read, which is told below."""
    with suppress(RunError):
        show_baselines(folder, folder.read_project())


def leave() -> None:
    """Go back to the table."""
    st.query_params.pop(RUN, None)
    st.rerun()


def show_actions(folder: RunFolder, name: str) -> None:
    """What can be done with a run."""
    with st.popover("Rename"):
        changed = st.text_input("Name", name, max_chars=200, key=f"name-{folder.id}")
        if changed != name:
            rename_run(folder.id, changed)
            st.rerun()
    if st.button("Open project", help="The network as this run trained it"):
        open_as_trained(folder)
    if st.button("Look inside", key="look", help="Its layers and predictions at every step, on the canvas"):
        look_inside(folder)
    show_delete(folder, name)
    with suppress(RunError):
        ask_to_repeat_run(folder, name)
    show_fork(folder)
    show_elsewhere(folder)
    if st.button("Take home", type="primary", key="take"):
        ask_for(folder)
        st.rerun()


def open_as_trained(folder: RunFolder) -> None:
    """Open the project as it was trained: itself where it has not changed since, else a copy of it."""
    try:
        project = folder.read_project()
    except RunError as error:
        st.toast(str(error))
        return
    stored = find_origin(folder)
    if stored and stored.project.networks == project.networks and stored.project.training == project.training:
        open_project(stored.id)
    else:
        open_copy(project)
    go_to("build")


def open_copy(project: Project) -> None:
    """Open what a run trained as a project of its own."""
    name = name_apart(f"{project.name[:150]} from a run")
    open_project(create_project(project.model_copy(update={"name": name})).id)


def look_inside(folder: RunFolder) -> None:
    """Open the time machine on the run's project, as it is now; where that is gone, on a copy of what was trained."""
    stored = find_origin(folder)
    try:
        open_project(stored.id) if stored else open_copy(folder.read_project())
    except RunError as error:
        st.toast(str(error))
        return
    go_to("build", run=folder.id)


def find_origin(folder: RunFolder) -> Stored | None:
    """The project that a run is of, as it is now; None where it is gone or cannot be opened."""
    origin = read_origin(folder.path)
    try:
        return load_project(origin) if origin else None
    except UnreadableProject:
        return None


def show_delete(folder: RunFolder, name: str) -> None:
    """The button that deletes a run, which asks once. One that trains is stopped first."""
    loss = f"“{escape_markdown(name)}” goes to the trash with {tell_loss(folder)}."
    is_training = tell_status(folder) == "running"
    ask_to_delete("Delete", loss, lambda: discard(folder), key=f"delete-{folder.id}", is_off=is_training)


def discard(folder: RunFolder) -> None:
    """Move a run to the trash and offer to take it back."""
    try:
        remember_deleted([delete_run(folder.id)])
    except (RunError, TrashError) as error:
        st.toast(str(error))
        return
    st.query_params.pop(RUN, None)


def show_take_home(folder: RunFolder) -> None:
    """The panel that takes the run home, until it is closed; work that somebody finds going on opens it too."""
    st.session_state[WANTED] = folder.id
    with st.container(border=True, key="take-home"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Take home**", width="stretch")
            if st.button("Close", type="tertiary"):
                st.session_state.pop(WANTED, None)
                st.rerun()
        render_take_home(folder.id)
