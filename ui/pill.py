"""What is being trained, as small pills on every page, and how many runs wait."""

from __future__ import annotations

import streamlit as st

from ui.opener import show_opener

TABLE = "table"
"""What is clicked in the place of a run: the number of those that wait, or the header's Runs while one looks into a run."""
STYLE = "<style>.stElementContainer.st-key-pill { position: fixed; width: 0; height: 0; }</style>"
"""It stands in the header and takes no room on the page."""


def show_pill() -> str | None:
    """Show the pill. Returns the run that was clicked in this run of the page, or ``TABLE``; None where nothing was."""
    st.html(STYLE)
    return show_opener("pill")
