"""The build page: the canvas, which fills the window and speaks to routes of its own (``ui/project_routes.py``)."""

from __future__ import annotations

import streamlit as st

from ui.assets import MissingFrontend
from ui.canvas import show_canvas
from ui.pages import go_to, open_run
from ui.session import current_preset, show_in_address
from ui.shell.opening import Nothing, open_current, show_way_out
from ui.training.start import ask_to_start

KEY = "canvas"
RUN = "run "
NOTHING = Nothing(
    "Nothing to build yet", "Choose an architecture in the gallery, look at it here, and change it as you like."
)


def show_page() -> None:
    """Show the page."""
    stored = open_current(NOTHING)
    if stored is None:
        return
    try:
        asked = show_canvas(stored.id, current_preset(), KEY, read_focus(), st.query_params.get("run"))
    except MissingFrontend as problem:
        st.warning(str(problem))
        show_way_out()
        return
    show_in_address()
    if asked == "train":
        ask_to_start(stored.id)
        go_to("train")
    elif asked and asked.startswith(RUN):
        open_run(asked.removeprefix(RUN))


def read_focus() -> dict[str, str] | None:
    """The node that the address asks to look at: its graph and its id."""
    graph, node = st.query_params.get("graph"), st.query_params.get("node")
    return {"graph": graph, "node": node} if graph and node else None


show_page()
