"""What other programs can read of a run, as links: its numbers, TensorBoard's event files, and a report."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from runtime.runs.folder import RunFolder
from ui.metric_routes import name_address

FILES: Final = {
    "report.html": ("Report", "One HTML file with curves, results, network and settings; it needs no network."),
    "metrics.csv": ("CSV", "Every point of every curve, a row each."),
    "metrics.parquet": ("Parquet", "The same, small, for pandas and others."),
    "tensorboard.zip": ("TensorBoard", "Event files: unpack, then run tensorboard with --logdir there."),
}


def show_elsewhere(folder: RunFolder) -> None:
    """Offer the files in a popover; each is made when it is asked for."""
    with st.popover("Export"):
        st.html("".join(write_offer(folder.id, name) for name in FILES))


def write_offer(run: str, name: str) -> str:
    """One file as a link and a line."""
    title, line = FILES[name]
    return (
        f'<p class="ll-offer"><a href="{escape(name_address(run, name))}" download target="_self">{title}</a>'
        f"<span>{escape(line)}</span></p>"
    )
