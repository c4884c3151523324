"""The runs page: all runs as a table; a click opens one."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from runtime.runs.errors import RunNotFound
from runtime.runs.folder import find_run
from runtime.runs.listing import list_runs, restore_run
from runtime.runs.store import UNFINISHED
from runtime.runs.supervisor import active
from ui.pages import go_to
from ui.runs.comparing import COMPARE, MOST, show_comparison
from ui.runs.one import DISCARDED, RUN, show_run
from ui.runs.table import build_table

ROW, HEAD, TALLEST = 36, 32, 20
STATES = ["All", "Running", "Finished", "Paused", "Stopped", "Interrupted", "Failed"]
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
    runs = list_runs(owned=active())
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


def show_undo() -> None:
    """Offer to take back the last deletion."""
    place = st.session_state.get(DISCARDED)
    if place is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("The run is in the trash.", width="content")
        if st.button("Undo", key="undo_run"):
            restore_run(st.session_state.pop(DISCARDED))
            st.rerun()


def show_table(was_active: bool) -> None:
    """The table, which follows running trainings."""
    runs = list_runs(owned=active())
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
    with place:
        show_compare(ticked)
    row = find_picked(picked)
    if row is not None and row < len(runs):
        st.session_state.pop("runs", None)
        st.query_params[RUN] = str(runs.iloc[row]["id"])
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
