"""Which project a browser tab is looking at. It is named in the address, so that a reload and a shared link find it again.

A preset that somebody only looks at is a *draft*: it has an id and no file. Its first change writes the file.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from builder import loading
from builder.document import Project
from ui.projects import Stored, UnreadableProject, list_projects, load_project, new_id

PRESETS = Path(__file__).resolve().parents[1] / "presets"
PROJECT, PRESET = "project", "preset"


def load_preset(name: str) -> Project | None:
    """Return a shipped preset by its name; None where there is none. Raises UnreadableProject."""
    file = PRESETS / f"{name}.json"
    if file.parent != PRESETS or not file.is_file():
        return None
    try:
        return loading.load_project(file.read_bytes())
    except loading.LoadError as error:
        raise UnreadableProject(f'The preset "{name}" cannot be opened. {error}') from None


def open_preset(name: str) -> str:
    """Look at a preset in this tab, leaving nothing behind. Returns the id that it gets once it is changed."""
    return open_project(new_id(), preset=name)


def open_project(id: str, preset: str | None = None) -> str:
    """Make a project the one that this tab looks at."""
    st.session_state[PROJECT], st.session_state[PRESET] = id, preset
    return id


def current_id() -> str | None:
    """Return the id of the project that this tab looks at: the address first, then the session, then the last changed."""
    id, preset = st.query_params.get(PROJECT), st.query_params.get(PRESET)
    if id and id != st.session_state.get(PROJECT):
        open_project(id, preset)
    elif preset and not id and preset != st.session_state.get(PRESET):
        open_preset(preset)
    if PROJECT not in st.session_state:
        latest = list_projects()
        if latest:
            open_project(latest[0].id)
    id = st.session_state.get(PROJECT)
    return id if isinstance(id, str) else None


def current_project() -> Stored | None:
    """Return the project that this tab looks at; None where there is none. Raises UnreadableProject."""
    id = current_id()
    if id is None:
        return None
    stored = load_project(id)
    if stored:
        return stored
    preset = current_preset()
    project = load_preset(preset) if preset else None
    if project is None:
        raise UnreadableProject("This project is not on this computer any more.")
    return Stored(id, project)


def current_preset() -> str | None:
    """Return the preset that the draft of this tab begins with; None where it is of no preset."""
    preset = st.session_state.get(PRESET)
    return preset if isinstance(preset, str) else None


def show_in_address() -> None:
    """Write what this tab looks at into the address, at once: another project is a step of the browser's way back."""
    wanted = {name: st.session_state[name] for name in (PROJECT, PRESET) if st.session_state.get(name)}
    if any(st.query_params.get(name) != value for name, value in wanted.items()):
        st.query_params.update(wanted)
