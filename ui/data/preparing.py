"""Prepares a source beside the page: progress while it works, a stop button, the result when it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from builder.document import Source
from runtime.data.job import Job
from runtime.data.located import Report
from runtime.data.prepare import PreparedSource, prepare_source

Result = TypeVar("Result")

SECONDS_BEFORE_PROGRESS = 0.4
"""What was prepared before is there sooner, and then no progress flickers."""


def await_prepared(source: Source) -> PreparedSource | None:
    """The prepared source; None while it is being prepared or where it cannot be, which is then shown."""
    key = source.model_dump_json(exclude={"facts"})
    return await_job("prepared", key, lambda report: prepare_source(source, report))


def await_job(name: str, key: str, work: Callable[[Report], Result]) -> Result | None:
    """The result of work that is done once for a key; None until then, with progress or the error on the page."""
    kept: tuple[str, Job[Result]] | None = st.session_state.get(f"job_{name}")
    if kept is None or kept[0] != key:
        if kept:
            kept[1].stop()
        kept = (key, Job(work))
        st.session_state[f"job_{name}"] = kept
    job = kept[1]
    if not job.wait(SECONDS_BEFORE_PROGRESS):
        show_progress(job, name)
        return None
    if job.error:
        show_error(job.error, name)
    return job.result


@st.fragment(run_every=0.4)
def show_progress(job: Job[Any], name: str) -> None:
    """What is being done, and a button that ends it."""
    if not job.is_running:
        st.rerun()
    bar, button = st.columns([6, 1], vertical_alignment="center")
    bar.progress(job.done, text=job.doing[:1].upper() + job.doing[1:])
    button.button("Stop", key=f"stop_{name}", on_click=job.stop, width="stretch")


def show_error(sentence: str, name: str) -> None:
    """Why there is no result, and a button to try again."""
    st.warning(sentence, icon=":material/info:")
    if st.button("Try again", key=f"again_{name}"):
        forget_job(name)
        st.rerun()


def forget_job(name: str) -> None:
    """Do the work anew at the next showing, and ask the hub again."""
    from runtime.data.hub import forget_unreachable

    forget_unreachable()
    st.session_state.pop(f"job_{name}", None)
