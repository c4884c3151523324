"""The build page: the canvas, which fills the window."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui.assets import MissingFrontend
from ui.canvas import show_canvas
from ui.canvas.exchange import accept_change, describe_state, find_analysis, settle_hello
from ui.pages import go_to
from ui.projects import Stored, UnreadableProject
from ui.session import current_project, show_in_address
from ui.warmup import begin_loading

KEY = "canvas"
HAS, TOLD = "canvas_has", "canvas_told"


def read_trigger(name: str) -> Any:
    """Return what the canvas sent up under this name in this run; None where it sent nothing."""
    return (st.session_state.get(KEY) or {}).get(name)


def take_change() -> None:
    """Save a change that the canvas sent."""
    value, stored = read_trigger("change"), current_project()
    if value and stored:
        _remember(*accept_change(value, stored), int(value["revision"]))


def take_hello() -> None:
    """Learn which revision the canvas holds after a mount."""
    value, stored = read_trigger("hello"), current_project()
    if value and stored:
        _remember(*settle_hello(value, stored), int(value["revision"]))


def _remember(stored: Stored, told: dict[str, Any], client_has: int) -> None:
    """Keep for the coming run what the canvas holds and what it has to be told."""
    st.session_state[HAS] = (stored.id, client_has)
    st.session_state[TOLD] = told


@st.fragment
def show_editor() -> None:
    """Show the canvas. It runs again, alone, at every edit."""
    stored = current_project()
    if stored is None:
        show_nothing()
        return
    id, revision = st.session_state.get(HAS, (None, None))
    has_met = id == stored.id
    analysis = find_analysis(stored) if has_met or begin_loading().done() else None
    told = st.session_state.pop(TOLD, {})
    show_canvas(describe_state(stored, revision if has_met else None, analysis, told), KEY, take_change, take_hello)
    if read_trigger("go") == "train":
        go_to("train")


def show_nothing() -> None:
    """Say what to do where there is no project yet."""
    st.subheader("Nothing to build yet")
    st.write("Choose an architecture in the gallery, look at it here, and change it as you like.")
    if st.button("Open the gallery", type="primary"):
        go_to("gallery")


def show_page() -> None:
    """Show the page."""
    try:
        show_editor()
        show_in_address()
    except (UnreadableProject, MissingFrontend) as problem:
        st.warning(str(problem))
        if st.button("Open the gallery"):
            go_to("gallery")


show_page()
