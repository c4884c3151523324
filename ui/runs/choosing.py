"""Which runs of the table a person wants to see: by words, status, project, tags, and how good they became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

STATES = ["All", "Queued", "Running", "Finished", "Paused", "Stopped", "Interrupted", "Failed"]
WORDS = ("name", "project", "tags", "notes")


@dataclass(frozen=True)
class Wish:
    """What the runs that are shown have in common; what is empty asks for nothing."""

    text: str = ""
    status: str | None = None
    projects: Sequence[str] = ()
    tags: Sequence[str] = ()
    metric: str | None = None
    low: float | None = None
    high: float | None = None


def choose(runs: pd.DataFrame, table: pd.DataFrame, wish: Wish) -> pd.Series:
    """Which rows fit a wish. Each word has to be found somewhere, and each tag has to be there.

    Args:
        runs: what ``list_runs`` tells.
        table: the same rows as they are shown, with ``Metric`` and ``Best``.
        wish: what is asked for.
    """
    fits = pd.Series(True, index=runs.index)
    words = wish.text.lower().split()
    if words:
        texts = [" ".join(map(str, row)).lower() for row in runs[list(WORDS)].itertuples(index=False)]
        fits &= pd.Series([all(word in text for word in words) for text in texts], index=runs.index, dtype=bool)
    if wish.status and wish.status != "All":
        fits &= runs["status"].str.capitalize() == wish.status
    if wish.projects:
        fits &= runs["project"].isin(list(wish.projects))
    for tag in wish.tags:
        fits &= pd.Series([tag in (tags or ()) for tags in runs["tags"]], index=runs.index, dtype=bool)
    if wish.metric:
        fits &= table["Metric"] == wish.metric
    if wish.low is not None:
        fits &= table["Best"] >= wish.low
    if wish.high is not None:
        fits &= table["Best"] <= wish.high
    return fits


def ask_wish(runs: pd.DataFrame, table: pd.DataFrame) -> Wish:
    """Ask in one line what is to be seen; what is asked seldom lies behind a button."""
    text = st.text_input("Find", placeholder="Find a run", label_visibility="collapsed", width=200)
    there = set(runs["status"].str.capitalize())
    status = st.segmented_control(
        "Status",
        [state for state in STATES if state == "All" or state in there],
        default="All",
        label_visibility="collapsed",
    )
    with st.popover("Filter", icon=":material/filter_list:"):
        projects = st.multiselect(
            "Projects", sorted(set(runs["project"])), placeholder="Any project", key="filter-projects"
        )
        tags = st.multiselect("Tags", list_tags(runs), placeholder="Any tag", key="filter-tags")
        metrics = sorted(name for name in set(table["Metric"]) if name)
        metric = st.selectbox("Metric", metrics, index=None, placeholder="Any metric", key="filter-metric")
        with st.container(horizontal=True):
            low = st.number_input("Best, at least", value=None, format="%g", key="filter-low")
            high = st.number_input("Best, at most", value=None, format="%g", key="filter-high")
    return Wish(text, status, projects, tags, metric, low, high)


def list_tags(runs: pd.DataFrame) -> list[str]:
    """Every tag of some runs, in order."""
    return sorted({tag for tags in runs["tags"] for tag in tags or ()})
