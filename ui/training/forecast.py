"""What a run would take, on the train page: a quiet line, measured when somebody asks, and a warning where it will not fit.

It is measured in a process of its own, which ends at once when a run is started: no first loss waits for it. What was found
belongs to one state of the project, and is shown for no other.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from builder.document import Project
from runtime.forecast.batches import choose_sizes
from runtime.forecast.costs import Forecast
from runtime.forecast.least import find_misfit
from runtime.forecast.process import forecast_run
from runtime.forecast.words import describe_forecast
from runtime.runs.errors import RunError
from ui.jobs import Jobs
from ui.markdown import escape
from ui.projects import Stored
from ui.training.settings import save_edits

ABOUT: Final = (
    "Takes a few steps that nobody keeps, and tells how long a run takes, how much memory, and which batches fit."
)
HELP: Final = "Measured in a few steps, for a run that is not ended early. Another setting, another figure."
LOOK_SECONDS: Final = 0.4
GRAPH: Final[Any] = {"nodes": {"__all__": {"position"}}, "frames": True, "notes": True}
LOOKS: Final[Any] = {
    **dict.fromkeys(("name", "description", "about"), True),
    "networks": {"__all__": GRAPH},
    "training": GRAPH,
    "data": {"__all__": {"facts"}},
}
"""What does not change how a project trains, and what follows from the rest."""
JOBS: Final[Jobs[str, Forecast]] = Jobs(RunError)


def show_forecast(stored: Stored) -> None:
    """The line: what was measured of the project as it is now, what is being measured, or a button."""
    key = name_state(stored.project)
    job = JOBS.find(key)
    if job is not None and job.is_running:
        st.fragment(show_progress, run_every=LOOK_SECONDS)(key)
    elif job is not None and job.result is not None:
        tell(stored, job.result)
    else:
        misfit = find_misfit(stored.project)
        if misfit is not None:
            warn(stored, misfit)
        offer(stored, key, job.error if job else None)


def name_state(project: Project) -> str:
    """A text that two projects share if they train alike."""
    return project.model_dump_json(exclude=LOOKS)


def show_line() -> Any:
    """A place below the button that trains, as wide as what stands in it."""
    return st.container(horizontal=True, vertical_alignment="center", key="forecast", width="content")


def tell(stored: Stored, forecast: Forecast) -> None:
    """What was found, quietly where the run fits."""
    if forecast.fits:
        with show_line():
            st.caption(escape(describe_forecast(forecast)), help=HELP, width="content")
    else:
        warn(stored, forecast)


def warn(stored: Stored, forecast: Forecast) -> None:
    """A run that will not fit, and a button that mends it where smaller batches do."""
    st.warning(escape(describe_forecast(forecast)), icon=":material/memory:")
    if 0 < forecast.largest < forecast.batch and st.button(
        f"Use batches of {forecast.largest:,}", key="fitting-batch", type="tertiary"
    ):
        sizes = choose_sizes(stored.project, forecast.largest)
        save_edits(stored, [build_edit(node, size) for node, size in sizes.items()])
        st.rerun()


def build_edit(node: str, size: int) -> dict[str, Any]:
    """The edit that gives a Data node another batch size."""
    return {"op": "set_param", "graph": "training", "id": node, "name": "batch_size", "value": size}


def offer(stored: Stored, key: str, problem: str | None) -> None:
    """A button that has it measured, and why that did not work the last time."""
    with show_line():
        if problem:
            st.caption(escape(problem), width="content")
        if st.button("Estimate", type="tertiary", icon=":material/timer:", help=ABOUT, key="estimate"):
            begin(stored.project, key)
            st.rerun()


def begin(project: Project, key: str) -> None:
    """Measure a project, and nothing else any more: two at once would find each other's time."""
    stop_forecasts()
    JOBS.begin(key, lambda report: forecast_run(project, report))


def stop_forecasts() -> None:
    """End what is being measured: a run that starts is to have the machine for itself."""
    JOBS.stop_all()


def show_progress(key: str) -> None:
    """What is being measured and for how long already, and a way to end it; at the end the page is shown anew."""
    job = JOBS.find(key)
    if job is None or not job.is_running:
        st.rerun()
    with show_line():
        st.caption(escape(f"Estimating: {job.doing}"), width="content")
        if st.button("Cancel", type="tertiary", key="cancel-estimate"):
            stop_forecasts()
            st.rerun()
