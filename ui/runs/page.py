"""The runs page: all runs as a table; a click opens one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from runtime.runs.deleting import delete_run
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import find_run
from runtime.runs.listing import list_runs
from runtime.runs.store import UNFINISHED
from runtime.trash import TrashError
from ui.deleting import ask_to_delete, escape, remember_deleted, show_undo
from ui.pages import go_to
from ui.runs.comparing import COMPARE, MOST, show_comparison
from ui.runs.one import RUN, show_run
from ui.runs.table import build_table
from ui.runs.waiting import show_waiting

ROW, HEAD, TALLEST = 36, 32, 20
MOST_NAMED = 5
STATES = ["All", "Queued", "Running", "Finished", "Paused", "Stopped", "Interrupted", "Failed"]
REFRESH_SECONDS = 2.0


def show_page() -> None:
    """Show one run where the address names one, else all."""
    run = st.query_params.get(RUN)
    if run:
        try:
            folder = find_run(run)
        except RunNotFound:
            st.query_params.pop(RUN)
            st.toast("This run is not on this computer any more.")
        else:
            show_run(folder)
            return
    compared = st.query_params.get(COMPARE)
    if compared:
        show_comparison(compared.split(","))
        return
    show_undo()
    clicked = show_waiting()
    if clicked:
        open_run(clicked)
    runs = list_runs()
    if runs.empty:
        show_nothing()
        return
    is_active = bool(runs["status"].isin(UNFINISHED).any())
    st.fragment(show_table, run_every=REFRESH_SECONDS if is_active else None)(is_active)


def show_nothing() -> None:
    """What to do where nothing was trained."""
    st.subheader("Nothing has been trained yet", anchor=False)
    st.markdown("Open a preset in the gallery and press Train; every run is kept here with its curves and weights.")
    if st.button("Open the gallery", type="primary"):
        go_to("gallery")


def open_run(run: str) -> None:
    """Show a run in the place of the table."""
    st.session_state.pop("runs", None)
    st.query_params[RUN] = run
    st.rerun(scope="app")


def show_table(was_active: bool) -> None:
    """The table, which follows running trainings."""
    runs = list_runs()
    if was_active and not runs["status"].isin(UNFINISHED).any():
        st.rerun()
    runs, place = choose_runs(runs)
    table = build_table(runs)
    height = HEAD + ROW * min(max(len(table), 1), TALLEST) + 2
    picked = st.dataframe(
        table,
        key="runs",
        hide_index=True,
        height=height,
        row_height=ROW,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        column_config=configure_columns(),
    )
    ticked = [str(runs.iloc[row]["id"]) for row in find_ticked(picked) if row < len(runs)]
    with place, st.container(horizontal=True):
        show_compare(ticked)
        show_delete(runs[runs["id"].isin(ticked)])
        if st.button("Trash", icon=":material/delete:", type="tertiary", help="What was deleted lately"):
            go_to("trash")
    row = find_picked(picked)
    if row is not None and row < len(runs):
        open_run(str(runs.iloc[row]["id"]))


def show_delete(ticked: pd.DataFrame) -> None:
    """The button that deletes what is ticked, which asks once."""
    count = len(ticked)
    names = ", ".join(f"“{escape(str(name))}”" for name in ticked["name"][:MOST_NAMED])
    more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    label = f"Delete {count} runs" if count > 1 else "Delete"
    loss = f"{names}{more} will go to the trash, with curves and checkpoints."
    ask_to_delete(label, loss, lambda: discard(list(ticked["id"])), key="delete-ticked", is_off=count == 0)


def discard(runs: list[str]) -> None:
    """Move runs to the trash and offer to take them back. What cannot go says why and stays."""
    entries = []
    for run in runs:
        try:
            entries.append(delete_run(run))
        except (RunError, TrashError) as error:
            st.toast(str(error))
    remember_deleted(entries)
    st.session_state.pop("runs", None)
    st.rerun(scope="app")


def show_compare(ticked: list[str]) -> None:
    """The button that compares what is ticked."""
    label = f"Compare {len(ticked)} runs" if len(ticked) > 1 else "Compare"
    help = f"Tick two runs or more, up to {MOST}, at the left of the table."
    if st.button(label, icon=":material/compare_arrows:", disabled=not 2 <= len(ticked) <= MOST, help=help):
        st.session_state.pop("runs", None)
        st.query_params[COMPARE] = ",".join(ticked)
        st.rerun(scope="app")


def choose_runs(runs: pd.DataFrame) -> tuple[pd.DataFrame, DeltaGenerator]:
    """The runs that a person asks for, by name and status, and a place beside that for what is done with them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.text_input("Find", placeholder="Find a run", label_visibility="collapsed", width=240)
        counts = runs["status"].str.capitalize().value_counts()
        states = [state for state in STATES if state == "All" or state in counts.index]
        state = st.segmented_control("Status", states, default="All", label_visibility="collapsed")
        place = st.container(width="content")
        count = f"{len(runs):,} run{'' if len(runs) == 1 else 's'}"
        st.caption(f"{count}. Click one to open it, tick two or more to compare them.", width="content")
    if wanted:
        names = runs["name"].astype(str) + " " + runs["project"].astype(str) + " " + runs["tags"].astype(str)
        runs = runs[names.str.contains(wanted, case=False, regex=False)]
    if state and state != "All":
        runs = runs[runs["status"].str.capitalize() == state]
    return runs, place


def configure_columns() -> dict[str, Any]:
    """Widths, sparklines and formats."""
    column = st.column_config
    return {
        "Run": column.TextColumn(width="medium"),
        "Status": column.TextColumn(width="small"),
        "Curve": column.LineChartColumn(width="small", help="The kept metric, on validation where that was measured"),
        "Metric": column.TextColumn(width="small"),
        "Best": column.NumberColumn(format="%.4g", width="small"),
        "Changed": column.TextColumn(width="medium", help="What differs from the run of the same project before it"),
        "Epochs": column.TextColumn(width="small"),
        "Duration": column.TextColumn(width="small"),
        "Device": column.TextColumn(width="small"),
        "Started": column.DatetimeColumn(format="D MMM, HH:mm", width="small"),
    }


def find_ticked(picked: object) -> list[int]:
    """The rows that are ticked."""
    selection = getattr(picked, "selection", None)
    return [int(row) for row in (selection.get("rows") or [])] if selection else []


def find_picked(picked: object) -> int | None:
    """The row that was clicked, anywhere in it."""
    selection = getattr(picked, "selection", None)
    if not selection:
        return None
    cells = selection.get("cells") or []
    return int(cells[0][0]) if cells else None
