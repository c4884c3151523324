"""The runs page."""

from __future__ import annotations

from ui.warmup import wait_until_loaded


def render() -> None:
    """Show the page once torch is loaded: importing it here as well would race with the thread that loads it."""
    wait_until_loaded()
    from ui.runs.page import show_page

    show_page()


render()
