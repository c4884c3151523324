"""Parts of the front end that ask a route of ours and open what is clicked, so that no page need run again meanwhile."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from ui.assets import MissingFrontend, write_loader


def show_opener(name: str, data: dict[str, Any] | None = None) -> str | None:
    """Show a part of the front end. Returns the run that was clicked in this run of the page; None where none was."""
    try:
        clicked = register(name)(key=name, data=data, on_open_change=do_nothing).open
    except MissingFrontend:
        return None
    return str(clicked["run"]) if clicked else None


@cache
def register(name: str) -> Any:
    """Register a part of the front end that lives in the page itself."""
    return st.components.v2.component(f"layerloom_{name}", js=write_loader(name), isolate_styles=False)


def do_nothing() -> None:
    """What was clicked is read from the component's result."""
