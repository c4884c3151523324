"""What is being trained, as small pills on every page, and how many runs wait: it asks a route, so no page need run again."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from ui.assets import MissingFrontend, write_loader

KEY = "pill"
WAITING = "waiting"
"""What is clicked in the place of a run: the number of those that wait."""
STYLE = "<style>.stElementContainer.st-key-pill { position: fixed; width: 0; height: 0; }</style>"
"""It stands in the header and takes no room on the page."""


def show_pill() -> str | None:
    """Show the pill. Returns the run that was clicked in this run of the page; None where none was."""
    try:
        st.html(STYLE)
        clicked = register()(key=KEY, on_open_change=do_nothing).open
    except MissingFrontend:
        return None
    return str(clicked["run"]) if clicked else None


@cache
def register() -> Any:
    """Register the pill's part of the front end."""
    return st.components.v2.component("layerloom_pill", js=write_loader("pill"), isolate_styles=False)


def do_nothing() -> None:
    """What was clicked is read from the component's result."""
