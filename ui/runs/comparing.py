"""Several runs beside each other: their curves in one figure each, what came of them, and the settings that differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.listing import list_runs
from runtime.runs.store import since
from runtime.runs.supervisor import active
from ui.charts.comparison import RunCurve, build_comparison_figure, choose_colour
from ui.charts.curves import build_panels
from ui.runs.comparison import read_values, shorten_path
from ui.runs.table import build_table

STYLE: Final = Path(__file__).parent / "style.css"
COMPARE: Final = "compare"
MOST: Final = 10
"""How many runs are compared: as many as there are colours that can be told apart."""
OUTCOME: Final = ("Status", "Metric", "Best", "Epochs", "Duration", "Device")
LONGEST: Final = 60


def show_comparison(ids: Sequence[str]) -> None:
    """Show the runs of these ids beside each other; one that is gone is left out."""
    folders = find_all(ids)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("All runs", icon=":material/arrow_back:", type="tertiary"):
            st.query_params.pop(COMPARE, None)
            st.rerun()
        st.markdown(f"**{len(folders)} runs compared**")
    names = name_runs(folders)
    st.html(STYLE)
    st.html(write_key(names))
    show_curves(folders, names)
    st.markdown("**What came of them**")
    st.dataframe(list_outcomes(folders, names))
    differing = list_differences(folders, names)
    st.markdown("**Settings that differ**" if len(differing) else "Their settings are the same.")
    if len(differing):
        st.dataframe(differing)


def find_all(ids: Sequence[str]) -> list[RunFolder]:
    """The folders of runs that are still there."""
    found = []
    for id in ids[:MOST]:
        try:
            found.append(find_run(id))
        except RunNotFound:
            st.toast("One of these runs is not on this computer any more.")
    return found


def name_runs(folders: Sequence[RunFolder]) -> list[str]:
    """The runs by names of their own: a name that comes twice is numbered."""
    names: list[str] = []
    for folder in folders:
        name = str(folder.read_meta()["name"])
        count = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({count + 1})" if count else name)
    return names


def write_key(names: Sequence[str]) -> str:
    """Which colour is whose, as HTML."""
    keys = (
        f'<span><i style="background: {choose_colour(place)}"></i>{escape(name)}</span>'
        for place, name in enumerate(names)
    )
    return f'<div class="ll-compared">{"".join(keys)}</div>'


def show_curves(folders: Sequence[RunFolder], names: Sequence[str]) -> None:
    """A figure for every number that was measured, with a line for each run."""
    curves = [read_curves(folder) for folder in folders]
    panels = list(dict.fromkeys(name for own in curves for name in own))
    for place in range(0, len(panels), 2):
        for panel, column in zip(panels[place : place + 2], st.columns(2), strict=False):
            lines = [
                RunCurve(name, own[panel]["steps"], own[panel]["values"]) if panel in own else None
                for name, own in zip(names, curves, strict=True)
            ]
            split = next(own[panel]["split"] for own in curves if panel in own)
            column.caption(f"{panel.replace('_', ' ')} ({split})")
            figure = build_comparison_figure(lines)
            column.plotly_chart(figure, key=f"compared-{panel}", height=280, config={"displayModeBar": False})


def read_curves(folder: RunFolder) -> dict[str, dict[str, Any]]:
    """The curves of a run by name, on validation where that was measured, in the order of its project."""
    try:
        wanted = [panel.name for panel in build_panels(folder.read_project())]
    except RunError:
        return {}
    by_split: dict[str, dict[str, Any]] = {"train": {}, "validation": {}, "test": {}}
    for curve in since(folder)["series"]:
        by_split[curve["split"]][curve["name"]] = curve
    best = {**by_split["train"], **by_split["validation"]}
    return {name: best[name] for name in wanted if name in best}


def list_outcomes(folders: Sequence[RunFolder], names: Sequence[str]) -> pd.DataFrame:
    """A row for each run: how it ended and how well."""
    ids = [folder.id for folder in folders]
    runs = list_runs(owned=active()).set_index("id", drop=False)
    table = build_table(runs.loc[[id for id in ids if id in runs.index]])
    return table[list(OUTCOME)].set_axis(list(names)[: len(table)], axis=0)


def list_differences(folders: Sequence[RunFolder], names: Sequence[str]) -> pd.DataFrame:
    """A row for each setting that is not the same in all runs, and a column for each run."""
    values = [read_values(folder.path / "project.json") for folder in folders]
    paths = list(dict.fromkeys(path for own in values for path in own))
    differing = [path for path in paths if any(own.get(path) != values[0].get(path) for own in values)]
    rows = [[write_setting(own, path) for own in values] for path in differing]
    return pd.DataFrame(rows, columns=list(names), index=[shorten_path(path) for path in differing], dtype=str)


def write_setting(values: dict[str, Any], path: str) -> str:
    """A setting in few words; a dash where the run has none of that name."""
    if path not in values:
        return "–"
    text = values[path] if isinstance(values[path], str) else json.dumps(values[path])
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
