"""Runs that went on from others: which came from which, in a table, in a tree, and on the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import quote

import pandas as pd
import streamlit as st

from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.listing import list_runs

INDENT: Final = "\N{NO-BREAK SPACE}" * 4
BRANCH: Final = "└ "
GONE: Final = "a run that is gone"
MOST_LISTED: Final = 12


def name_parents(runs: pd.DataFrame) -> list[str]:
    """What the run is called that each went on from; empty where it began anew."""
    names = dict(zip(runs["id"], runs["name"], strict=True))
    return [str(names.get(parent, GONE)) if isinstance(parent, str) else "" for parent in runs["parent"]]


def order_as_tree(ids: Sequence[str], parents: Sequence[object]) -> list[tuple[int, int]]:
    """The places of runs with forks below what they went on from, and how deep each stands.

    Runs keep the order that they are given in, and so do forks of the same run. A parent that is not among them is none.
    """
    places = {id: place for place, id in enumerate(ids)}
    forks: dict[int | None, list[int]] = {}
    for place, parent in enumerate(parents):
        above = places.get(parent) if isinstance(parent, str) else None
        forks.setdefault(None if above == place else above, []).append(place)
    ordered: list[tuple[int, int]] = []
    waiting = [(place, 0) for place in reversed(forks.get(None, []))]
    while waiting:
        place, depth = waiting.pop()
        ordered.append((place, depth))
        waiting += [(fork, depth + 1) for fork in reversed(forks.get(place, []))]
    seen = {place for place, _ in ordered}
    return ordered + [(place, 0) for place in range(len(ids)) if place not in seen]


def indent(name: str, depth: int) -> str:
    """A name as it stands in a tree."""
    return f"{INDENT * (depth - 1)}{BRANCH}{name}" if depth else name


def show_family(folder: RunFolder) -> None:
    """On the page of a run: what it went on from, and what went on from it."""
    parent = folder.read_meta()["parent"]
    runs = list_runs()
    forks = runs[runs["parent"] == folder.id]
    lines = []
    if isinstance(parent, str):
        lines.append(f"Went on from {write_origin(folder, parent)}")
    if len(forks):
        links = [write_link(run.id, str(run.name)) for run in forks[:MOST_LISTED].itertuples(index=False)]
        more = f" and {len(forks) - MOST_LISTED} more" if len(forks) > MOST_LISTED else ""
        lines.append(f"{'Fork' if len(forks) == 1 else 'Forks'} of this run: {', '.join(links)}{more}")
    if lines:
        st.html(f'<p class="ll-family">{"<br>".join(lines)}</p>')


def write_origin(folder: RunFolder, parent: str) -> str:
    """The run that another went on from, as a link, and the step of the weights that it took."""
    try:
        link = write_link(parent, str(find_run(parent).read_meta()["name"]))
    except RunNotFound:
        link = GONE
    step = find_step(folder)
    return f"{link}{f' at {escape(step)}' if step else ''}"


def find_step(folder: RunFolder) -> str:
    """The step that the weights are of which a run began with; empty where its project does not tell."""
    try:
        graphs = folder.read_project().networks.values()
    except RunError:
        return ""
    origins = [graph.weights.origin for graph in graphs if graph.weights and graph.weights.sha256]
    steps = {step for _, found, step in (origin.rpartition(", step ") for origin in origins) if found}
    return f"step {steps.pop()}" if len(steps) == 1 else ""


def write_link(run: str, name: str) -> str:
    """A run as a link."""
    return f'<a href="/runs?run={quote(run)}" target="_self">{escape(name)}</a>'
