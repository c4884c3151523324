"""Offers a project that learns what the data holds, where the one at hand does not, and keeps an untouched one in step."""

from __future__ import annotations

import streamlit as st

from builder.document import Graph, Project, Source
from builder.rules import check
from ui.pages import go_to
from ui.projects import Stored, create_project
from ui.proposals import can_propose, fit_proposal, name_project, propose_project
from ui.session import open_project

PROPOSED = "project_as_proposed"


def remember_proposal(stored: Stored) -> None:
    """Have a project proposed anew once its next data is known, unless it is changed until then."""
    st.session_state[PROPOSED] = stored.id, list_graphs(stored.project)


def keep_in_step(stored: Stored, name: str, source: Source) -> Project:
    """The project with a source that was prepared: proposed anew where that was to be done, else as it is."""
    remembered = st.session_state.pop(PROPOSED, None)
    if remembered == (stored.id, list_graphs(stored.project)) and can_propose(source):
        return fit_proposal(stored.project, name, source)
    return stored.project.model_copy(update={"data": {**stored.project.data, name: source}})


def list_graphs(project: Project) -> list[Graph]:
    """Every graph of a project."""
    return [project.graph(path) for path in project.graph_paths()]


def offer_project(project: Project, name: str) -> None:
    """A button for a new project, where this one cannot learn the masks that its source holds."""
    source = project.data[name]
    if not can_propose(source) or not any(finding.severity == "error" for finding in check(project)):
        return
    words, button = st.columns([5, 2], vertical_alignment="center")
    words.markdown("This project cannot learn these masks as it is drawn. A new one is ready to.")
    if button.button("New project for these masks", icon=":material/add:", key="propose", width="stretch"):
        made = create_project(name_project(propose_project(name, source)))
        open_project(made.id)
        go_to("build" if made.project.data[name].facts else "data")
