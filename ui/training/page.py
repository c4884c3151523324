"""The train page: what will be trained, the button, and the run as it happens."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from builder.document import Project, Source
from runtime.runs.divergence import has_diverged
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder
from runtime.runs.store import UNFINISHED
from ui.canvas.opened import find_analysis
from ui.cards import count_parameters, describe_data, describe_parameters, is_outdated
from ui.livechart import prepare_live_view
from ui.markdown import escape
from ui.pages import go_to, open_run
from ui.projects import Stored
from ui.runs.take_home import ask_for
from ui.session import show_in_address
from ui.shell.opening import Nothing, open_current
from ui.training.fields import lower_rates
from ui.training.forecast import show_forecast
from ui.training.hints import show_hints
from ui.training.origin import show_origin
from ui.training.settings import ask_settings, name_device, save_edits
from ui.training.start import find_current, is_asked_for, start_run
from ui.training.waiting import ask_for_another, ask_to_repeat
from ui.training.watching import watch_run

NOTHING = Nothing("Nothing to train yet", "Open a preset or one of your projects in the gallery; train it here.")
STYLE = Path(__file__).parent / "style.css"
MOST_SHOWN = 6
"""More errors than this are counted only."""


def show_page() -> None:
    """Show the page."""
    stored = open_current(NOTHING)
    if stored is None:
        return
    show_in_address()
    latest = find_current(stored.id)
    is_training = latest is not None and tell_status(latest) in UNFINISHED
    findings = find_analysis(stored)["findings"]
    errors = [finding for finding in findings if finding["severity"] == "error"]
    if is_asked_for(stored) and not is_training and not errors:
        begin(stored)
    can_estimate = show_head(stored, latest, is_training, can_train=not errors)
    if errors:
        show_errors(stored, errors)
    if not is_training:
        show_hints(stored, findings)
        with st.container(horizontal=True, vertical_alignment="center", key="train-start"):
            if can_estimate:
                show_forecast(stored)
            show_origin(stored)
    if latest is not None:
        watch_run(latest)
    elif not errors:
        show_before(stored)
        prepare_live_view()


def show_head(stored: Stored, latest: RunFolder | None, is_training: bool, can_train: bool) -> bool:
    """The project and its settings on one line, with the button that trains; while it trains they rest.

    Returns whether a run could begin with what stands there.
    """
    st.html(STYLE)
    refused: list[str] = []
    with st.container(horizontal=True, vertical_alignment="bottom", key="train-head"):
        about = describe_training(take_facts(stored.project, latest))
        st.markdown(f"**{escape(stored.project.name)}**  \n:small[:gray[{about}]]", width="stretch")
        if not is_training:
            refused = ask_settings(stored)
        elif can_train:
            refused = ask_for_another(stored)
        if can_train and not is_training:
            show_button(stored, latest, is_off=bool(refused))
        if can_train:
            ask_to_repeat(stored)
        if latest is not None and st.button("Take home", key="take"):
            ask_for(latest)
            open_run(latest.id)
    for sentence in refused:
        st.markdown(f":red[{escape(sentence)}]")
    if latest is not None and can_train and not is_training:
        show_slower(stored, latest)
    return can_train and not is_training and not refused


def show_button(stored: Stored, latest: RunFolder | None, is_off: bool) -> None:
    """The button that trains."""
    if st.button("Train again" if latest else "Train", type="primary", key="train", disabled=is_off):
        begin(stored)


def show_slower(stored: Stored, latest: RunFolder) -> None:
    """After a loss that was no number, a button that trains with smaller steps than those that led there."""
    edits = lower_rates(stored.project, latest.read_project()) if has_diverged(latest) else []
    if edits and st.button("Train with a tenth of the learning rate", key="train-slower"):
        begin(save_edits(stored, edits))


def describe_training(project: Project) -> str:
    """Data, size and device in a few words."""
    samples = sum(source.num_train for source in project.data.values() if not is_outdated(source))
    parts = [
        describe_data(project),
        f"{samples:,} samples" if samples else "",
        describe_parameters(count_parameters(project)),
        name_device(project),
    ]
    return " · ".join(escape(part) for part in parts if part)


def take_facts(project: Project, latest: RunFolder | None) -> Project:
    """The project with what its latest run found out about the same data, in place of what was known before."""
    try:
        found = latest.read_project().data if latest else {}
    except RunError:
        return project
    known = {name: source for name, source in found.items() if is_same_data(source, project.data.get(name))}
    return project.model_copy(update={"data": {**project.data, **known}})


def is_same_data(one: Source, other: Source | None) -> bool:
    """Whether two sources say the same, whatever is known about them."""
    return other is not None and one.model_copy(update={"facts": other.facts}) == other


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


def show_errors(stored: Stored, errors: list[dict[str, object]]) -> None:
    """Why it cannot be trained yet, and the way to where that is mended."""
    with st.container(border=True, key="train-errors"):
        st.markdown("**It cannot be trained yet.**")
        for error in errors[:MOST_SHOWN]:
            st.markdown(f"- {escape(str(error['message']))}")
        if len(errors) > MOST_SHOWN:
            st.caption(f"and {len(errors) - MOST_SHOWN} more")
        if st.button("Mend it on the canvas", type="primary"):
            place = next((error for error in errors if error["node"]), errors[0])
            go_to("build", project=stored.id, graph=str(place["graph"] or ""), node=str(place["node"] or ""))


def show_before(stored: Stored) -> None:
    """What is to be seen here once it trains."""
    with st.container(border=True, key="train-empty"):
        st.markdown("Press **Train**. Curves, sample predictions and the numbers appear here as they happen.")
        if stored.project.description:
            st.caption(escape(stored.project.description))
