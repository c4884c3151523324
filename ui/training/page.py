"""The train page: what will be trained, the button, and the run as it happens."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from builder.document import Project
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder
from runtime.runs.store import UNFINISHED
from ui.canvas.opened import find_analysis
from ui.cards import describe_data, shorten
from ui.livechart import prepare_live_view
from ui.pages import go_to, open_run
from ui.projects import Stored, UnreadableProject
from ui.runs.take_home import ask_for
from ui.session import current_project, show_in_address
from ui.training.settings import ask_settings, name_device
from ui.training.start import find_latest, start_run
from ui.training.watching import watch_run

STYLE = Path(__file__).parent / "style.css"
MOST_SHOWN = 6
"""More errors than this are counted only."""


def show_page() -> None:
    """Show the page."""
    try:
        stored = current_project()
    except UnreadableProject as problem:
        st.warning(str(problem))
        stored = None
    if stored is None:
        show_nothing()
        return
    show_in_address()
    latest = find_latest(stored.id)
    is_training = latest is not None and tell_status(latest) in UNFINISHED
    show_head(stored, latest, is_training)
    if latest is None:
        show_before(stored)
        prepare_live_view()
    else:
        watch_run(latest)


def show_nothing() -> None:
    """What to do where no project is open."""
    st.subheader("Nothing to train yet", anchor=False)
    st.markdown("Open a preset or one of your projects in the gallery; train it here.")
    if st.button("Open the gallery", type="primary"):
        go_to("gallery")


def show_head(stored: Stored, latest: RunFolder | None, is_training: bool) -> None:
    """The project and its settings on one line, with the button that trains; while it trains they rest."""
    analysis = find_analysis(stored)
    errors = [finding for finding in analysis["findings"] if finding["severity"] == "error"]
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="bottom", key="train-head"):
        about = describe_training(stored.project, analysis)
        st.markdown(f"**{escape(stored.project.name)}**  \n:small[:gray[{about}]]", width="stretch")
        if not is_training:
            stored = ask_settings(stored)
        label = "Train" if latest is None else "Train again"
        if not is_training and not errors and st.button(label, type="primary", key="train"):
            begin(stored)
        if latest is not None and st.button("Take home", key="take"):
            ask_for(latest)
            open_run(latest.id)
    if errors:
        show_errors(errors)


def describe_training(project: Project, analysis: dict[str, object]) -> str:
    """Data, size and device in a few words."""
    graphs = analysis["graphs"]
    assert isinstance(graphs, dict)
    count = sum(graph["parameters"] for path, graph in graphs.items() if path != "training")
    facts = (source.facts for source in project.data.values())
    samples = sum(fact.counts.get("train", 0) for fact in facts if fact)
    parts = [
        describe_data(project),
        f"{samples:,} samples" if samples else "",
        f"{shorten(count)} parameter{'' if count == 1 else 's'}",
        name_device(project),
    ]
    return " · ".join(escape(part) for part in parts if part)


def escape(text: str) -> str:
    """Text that Markdown takes as it stands."""
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]<>()#+-.!|~$:" else letter for letter in text)


def begin(stored: Stored) -> None:
    """Start a run and show the page with it."""
    try:
        start_run(stored)
    except RunError as error:
        st.warning(str(error))
        return
    st.session_state.pop("preset", None)
    st.query_params.pop("preset", None)
    st.rerun()


def show_errors(errors: list[dict[str, object]]) -> None:
    """Why it cannot be trained yet, and the way to where that is mended."""
    with st.container(border=True, key="train-errors"):
        st.markdown("**It cannot be trained yet.**")
        for error in errors[:MOST_SHOWN]:
            st.markdown(f"- {escape(str(error['message']))}")
        if len(errors) > MOST_SHOWN:
            st.caption(f"and {len(errors) - MOST_SHOWN} more")
        if st.button("Mend it on the canvas", type="primary"):
            go_to("build")


def show_before(stored: Stored) -> None:
    """What is to be seen here once it trains."""
    with st.container(border=True, key="train-empty"):
        st.markdown("Press **Train**. Curves, sample predictions and the numbers appear here as they happen.")
        if stored.project.description:
            st.caption(escape(stored.project.description))
