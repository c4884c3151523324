"""What a project's networks start from, on the train page: which weights, what of them fits, and a way to start fresh."""

from __future__ import annotations

from html import escape

import streamlit as st

from builder.document import Project
from runtime.runs.errors import RunError
from ui.projects import Stored
from ui.training.given_weights import ask_weights
from ui.training.settings import save_edits


def show_origin(stored: Stored) -> None:
    """Say what the next run starts from, and take weights to start from."""
    started = [name for name, graph in stored.project.networks.items() if graph.weights and graph.weights.sha256]
    if not started:
        ask_weights(stored)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="train-origin"):
        st.html("".join(f"<p>{escape(sentence)}</p>" for sentence in foresee(stored.project)), width="stretch")
        if st.button("Start fresh", key="start-fresh", help="Forget these weights; the next run draws new ones"):
            save_edits(stored, [forget(stored.project, name) for name in started])
            st.rerun()


def foresee(project: Project) -> list[str]:
    """What will be carried over, or why that cannot be said."""
    from builder.planner import PlanError
    from runtime.weights.starting import foresee_start

    try:
        return foresee_start(project)
    except RunError as problem:
        return [str(problem)]
    except PlanError:
        return ["This project starts from kept weights; what of them fits is told when its graph has no errors."]


def forget(project: Project, network: str) -> dict[str, object]:
    """The edit that has a network start from fresh weights."""
    from runtime.weights.starting import start_fresh

    weights = start_fresh(project.networks[network])
    fields = {"weights": weights.model_dump() if weights else None}
    return {"op": "set_graph", "graph": f"networks.{network}", "fields": fields}
