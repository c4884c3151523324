"""The waiting runs on a page: a component that asks a route of ours, so the page need not run again."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from ui.assets import MissingFrontend, write_loader

KEY = "queue"


def show_waiting() -> str | None:
    """Show the runs that wait, if there are any. Returns the run that was clicked; None where none was."""
    try:
        clicked = register()(key=KEY, on_open_change=do_nothing).open
    except MissingFrontend:
        return None
    return str(clicked["run"]) if clicked else None


@cache
def register() -> Any:
    """Register the queue's part of the front end."""
    return st.components.v2.component("layerloom_queue", js=write_loader("queue"), isolate_styles=False)


def do_nothing() -> None:
    """What was clicked is read from the component's result."""
