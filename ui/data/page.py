"""What a project learns from, as it is, as it is split, and as the network will see it."""

from __future__ import annotations

import streamlit as st

from builder.columns import slim_facts
from builder.document import Project, Source
from runtime.data.prepare import PreparedSource
from ui.data.choosing import choose_source
from ui.data.preparing import await_prepared
from ui.data.proposing import keep_in_step, offer_project, remember_proposal
from ui.data.settings import ask_settings
from ui.data.showing import escape, show_first_batch, show_origin, show_preparation, show_samples, show_statistics
from ui.projects import NewerRevision, Stored, save_project
from ui.proposals import is_proposal
from ui.session import show_in_address
from ui.shell.opening import Nothing, open_current

FIRST_SOURCE = "main"
CHOSEN = "data_was_chosen"
NOTHING = Nothing(
    "No project is open", "Open a preset or one of your projects in the gallery; its data is then shown here."
)


def show_page() -> None:
    """Show the page."""
    stored = open_current(NOTHING)
    if stored is None:
        return
    show_in_address()
    name = choose_name(stored.project)
    source = stored.project.data.get(name)
    st.markdown(f"**{escape(stored.project.name)}**")
    if st.session_state.pop(CHOSEN, False):
        st.session_state["choosing"] = False
    if source is None or st.toggle("Choose other data", key="choosing"):
        choose_data(stored, name, source)
        return
    prepared = await_prepared(source)
    if prepared:
        offer_project(remember_facts(stored, name, prepared), name)
        show_source(stored, name, prepared)


def choose_name(project: Project) -> str:
    """Which source is looked at: the only one, or the one that is chosen."""
    names = list(project.data) or [FIRST_SOURCE]
    return names[0] if len(names) == 1 else st.segmented_control("Source", names, default=names[0]) or names[0]


def choose_data(stored: Stored, name: str, source: Source | None) -> None:
    """Let a person choose data, and put it into the project once it was prepared."""
    if source is None:
        st.markdown("This project has no data yet. Choose some.")
    is_proposed = is_proposal(stored.project, name)
    chosen = choose_source(None if is_proposed else source)
    if chosen:
        if is_proposed:
            remember_proposal(stored)
        save_source(stored, name, chosen)
        st.session_state[CHOSEN] = True
        st.rerun()


def save_source(stored: Stored, name: str, source: Source) -> None:
    """Put a source into the project; somebody else's newer revision is kept and told."""
    save(stored, stored.project.model_copy(update={"data": {**stored.project.data, name: source}}))


def save(stored: Stored, project: Project) -> None:
    """Put a project into the place of the one that is stored; somebody else's newer revision is kept and told."""
    try:
        save_project(stored.id, project, base=stored.revision, revision=stored.revision + 1)
    except NewerRevision as error:
        st.toast(str(error))


def remember_facts(stored: Stored, name: str, prepared: PreparedSource) -> Project:
    """Keep what preparation found out in the project, unless it is a preset that is only looked at; the project with it."""
    source, facts = stored.project.data[name], slim_facts(prepared.facts)
    if not stored.revision or source.facts == facts:
        return stored.project
    project = keep_in_step(stored, name, source.model_copy(update={"facts": facts}))
    save(stored, project)
    if project.data[name].facts is None:
        st.rerun()
    return project


def show_source(stored: Stored, name: str, prepared: PreparedSource) -> None:
    """Everything about one source."""
    show_origin(prepared)
    samples, statistics, batch, settings = st.tabs(["Samples", "Statistics", "First batch", "Split and preparation"])
    with samples:
        show_samples(prepared)
    with statistics:
        show_statistics(prepared)
    with batch:
        show_first_batch(stored.id, stored.project, name, prepared)
    with settings:
        show_preparation(prepared)
        changed = ask_settings(name, stored.project.data[name], prepared.facts)
        if changed:
            save_source(stored, name, changed)
            st.rerun()
