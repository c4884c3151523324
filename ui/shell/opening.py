"""Opening the project that a page is about, or saying why there is none, the same on every page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from ui.pages import go_to
from ui.projects import Stored, UnreadableProject
from ui.session import current_project


@dataclass(frozen=True)
class Nothing:
    """What a page says where no project is open: a title and what to do."""

    title: str
    line: str


def open_current(nothing: Nothing) -> Stored | None:
    """Return the project that this tab looks at; where it cannot be opened, the page says so and None comes back."""
    try:
        stored = current_project()
    except UnreadableProject as problem:
        st.warning(str(problem), icon=":material/info:")
        show_way_out()
        return None
    if stored is None:
        st.markdown(f"**{nothing.title}**")
        st.markdown(nothing.line)
        show_way_out()
    return stored


def show_way_out() -> None:
    """A button that leads to the gallery."""
    if st.button("Open the gallery", icon=":material/grid_view:", type="primary"):
        go_to("gallery")
