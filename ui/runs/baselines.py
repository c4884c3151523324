"""A run beside simple baselines: made with one button, shown again after a reload."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from builder.document import Project
from builder.references import leading_source
from runtime.insight.baselines.reading import read_comparison
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.listing import read_row
from ui.jobs import Jobs
from ui.runs.beside import Line, find_goals, find_titles, flatten, list_columns, write_table

LABEL = "Compare with a simple baseline"
HELP = "What the most frequent answer, a linear model and the like reach on the same data: a network has to beat them."
LOOK_SECONDS = 0.5
JOBS: Final[Jobs[str, Any]] = Jobs(RunError)


def show_baselines(folder: RunFolder, project: Project) -> None:
    """The button, what is being made, or the table."""
    job, compared = JOBS.find(folder.id), read_comparison(folder)
    if job is not None and job.is_running:
        st.fragment(show_progress, run_every=LOOK_SECONDS)(folder.id)
    elif compared is not None:
        show_table(folder, project, compared)
    elif has_baselines(project):
        if job is not None and job.error:
            st.warning(job.error)
        if st.button(LABEL, help=HELP, type="tertiary", icon=":material/balance:", key="compare-baseline"):
            begin(folder)
            st.rerun()


def has_baselines(project: Project) -> bool:
    """Whether there is a simple answer to what a project asks: pictures have none."""
    lead = leading_source(project)
    fields = project.data[lead].fields.values() if lead else ()
    return bool(fields) and not any(field.kind == "image" for field in fields)


def begin(folder: RunFolder) -> None:
    """Make the baselines beside the page, unless that is being done already."""
    from runtime.insight.baselines.comparing import compare_run

    JOBS.begin(folder.id, lambda report: compare_run(folder, report))


def show_progress(run: str) -> None:
    """How far it is; at the end the page is shown anew."""
    job = JOBS.find(run)
    if job is None or not job.is_running:
        st.rerun()
    else:
        st.progress(job.done, f"Simple baselines: {job.doing}")


def show_table(folder: RunFolder, project: Project, compared: dict[str, Any]) -> None:
    """The run and its baselines, one a row."""
    found = compared["baselines"]
    own = (read_row(folder) or {}).get("metrics") or {}
    columns = list_columns([one.get("metrics", {}) for one in found])
    lines = [Line("This run", flatten(own))]
    lines += [
        Line(one["title"], flatten(one.get("metrics", {})), one.get("about") or one.get("reason", "")) for one in found
    ]
    for notice in compared.get("notices", []):
        st.caption(notice)
    st.html(write_table(lines, columns, find_goals(project), find_titles(project)))
