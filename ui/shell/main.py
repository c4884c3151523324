"""The frame around every page: navigation on top, nothing of Streamlit's own in the way."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.pages import go_to, open_run
from ui.pill import TABLE, show_pill
from ui.warmup import begin_loading

PAGES = Path(__file__).parents[1] / "pages"
STYLE = Path(__file__).parent / "style.css"


def show_page() -> None:
    """Show the page that the address names."""
    st.set_page_config(page_title="Layerloom", layout="wide", initial_sidebar_state="collapsed")
    st.html(STYLE)
    begin_loading()
    pages = [
        st.Page(PAGES / f"{name.lower()}.py", title=name, default=name == "Gallery")
        for name in ("Gallery", "Build", "Data", "Train", "Runs")
    ]
    pages.append(st.Page(PAGES / "trash.py", title="Trash", visibility="hidden"))
    page = st.navigation(pages, position="top")
    show_running()
    page.run()


def show_running() -> None:
    """Show what is being trained, and how much waits; a click opens it. Inside a run the header leads back to the table."""
    run = show_pill()
    if run == TABLE:
        go_to("runs")
    elif run:
        open_run(run)


show_page()
