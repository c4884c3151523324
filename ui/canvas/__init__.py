"""The canvas, as a Streamlit component: what goes down to the browser and what comes up from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from ui.assets import write_loader


@cache
def register() -> Any:
    """Register the canvas with Streamlit, once."""
    return st.components.v2.component("layerloom_canvas", js=write_loader("canvas"))


def show_canvas(data: dict[str, Any], key: str, on_change: Callable[[], None], on_hello: Callable[[], None]) -> None:
    """Show the canvas. Raises MissingFrontend where it has not been compiled."""
    register()(
        key=key,
        data=data,
        height="content",
        on_change_change=on_change,
        on_hello_change=on_hello,
        on_go_change=_nothing,
    )


def _nothing() -> None:
    """A trigger that the page reads after the run needs no callback."""
