"""A run beside simple baselines: made with one button, shown again after a reload."""

from __future__ import annotations

from threading import Lock
from typing import Any

import streamlit as st

from builder.document import Project
from builder.references import leading_source
from runtime.data.job import Job
from runtime.insight.baselines.reading import read_comparison
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.listing import read_row
from ui.runs.beside import Line, find_goals, find_titles, flatten, list_columns, write_table

LABEL = "Compare with a simple baseline"
HELP = "What the most frequent answer, a linear model and the like reach on the same data: a network has to beat them."
MOST_JOBS = 50
LOOK_SECONDS = 0.5
_jobs: dict[str, Job[Any]] = {}
_guard = Lock()


def show_baselines(folder: RunFolder, project: Project) -> None:
    """The button, what is being made, or the table."""
    job, compared = find_job(folder.id), read_comparison(folder)
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

    with _guard:
        job = _jobs.pop(folder.id, None)
        running = job is not None and job.is_running
        _jobs[folder.id] = job if job and running else Job(lambda report: compare_run(folder, report), (RunError,))
        for old in [id for id, one in _jobs.items() if not one.is_running][: max(0, len(_jobs) - MOST_JOBS)]:
            del _jobs[old]


def find_job(run: str) -> Job[Any] | None:
    """The work on a run's baselines, whoever began it."""
    with _guard:
        return _jobs.get(run)


def show_progress(run: str) -> None:
    """How far it is; at the end the page is shown anew."""
    job = find_job(run)
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
