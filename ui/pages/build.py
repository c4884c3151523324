"""The build page: the canvas, which fills the window and speaks to routes of its own (``ui/project_routes.py``)."""

from __future__ import annotations

import streamlit as st

from ui.assets import MissingFrontend
from ui.canvas import show_canvas
from ui.pages import go_to
from ui.projects import UnreadableProject
from ui.session import current_preset, current_project, show_in_address

KEY = "canvas"


def show_page() -> None:
    """Show the page."""
    try:
        stored = current_project()
        if stored is None:
            show_nothing()
            return
        asked = show_canvas(stored.id, current_preset(), KEY)
        show_in_address()
    except (UnreadableProject, MissingFrontend) as problem:
        st.warning(str(problem))
        if st.button("Open the gallery"):
            go_to("gallery")
        return
    if asked == "train":
        go_to("train")


def show_nothing() -> None:
    """Say what to do where there is no project yet."""
    st.subheader("Nothing to build yet")
    st.write("Choose an architecture in the gallery, look at it here, and change it as you like.")
    if st.button("Open the gallery", type="primary"):
        go_to("gallery")


show_page()
