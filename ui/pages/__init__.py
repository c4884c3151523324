"""The pages, one a file: each file is a script that Streamlit runs when its page is shown."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent


def open_run(run: str) -> None:
    """Show the page of a run."""
    st.switch_page(str(FOLDER / "runs.py"), query_params={"run": run})


def go_to(page: str, **address: str) -> None:
    """Show another page, named like its file, with the same project open; ``address`` names what is looked at there."""
    st.switch_page(str(FOLDER / f"{page}.py"), query_params=address or None)
