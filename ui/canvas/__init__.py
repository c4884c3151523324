"""The canvas, as a Streamlit component, and what Python knows of the projects that it edits."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from ui.assets import write_loader


@cache
def register() -> Any:
    """Register the canvas with Streamlit, once."""
    return st.components.v2.component("layerloom_canvas", js=write_loader("canvas"))


def show_canvas(
    project: str, preset: str | None, key: str, focus: dict[str, str] | None = None, run: str | None = None
) -> str | None:
    """Show the canvas of a project, or of the preset that a draft begins with.

    ``focus`` names the ``graph`` and the ``node`` that are to be looked at, ``run`` the run that is to be looked into.

    Returns the page that was asked for on the canvas, in the run that the asking causes.

    Raises:
        MissingFrontend: the canvas has not been compiled.
    """
    data = {"project": project, "preset": preset, "focus": focus, "run": run}
    answer = register()(key=key, data=data, height="content", on_go_change=_take_note)
    asked = getattr(answer, "go", None)
    return asked if isinstance(asked, str) else None


def _take_note() -> None:
    """A trigger is read from the component's answer; the callback has to be there for it to arrive."""
