"""The runs page: all runs as a table; a click opens one."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd
import streamlit as st

from runtime.runs.deleting import delete_run
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import find_run
from runtime.runs.listing import list_runs
from runtime.runs.store import UNFINISHED
from runtime.trash import TrashError
from ui.deleting import ask_to_delete, list_deleted_runs, remember_deleted, show_undo
from ui.markdown import escape
from ui.opener import show_opener
from ui.pages import go_to
from ui.runs.choosing import ask_wish, choose, list_tags
from ui.runs.comparing import COMPARE, MOST, show_comparison
from ui.runs.family import indent, order_as_tree
from ui.runs.groups import show_groups
from ui.runs.notes import show_edit
from ui.runs.one import RUN, show_run
from ui.runs.sorting import Order, read_order, sort_places, turn_order
from ui.runs.table import build_table
from ui.shell.opening import show_way_out

ROW, HEAD, TALLEST = 36, 32, 20
MOST_NAMED = 5
TICKED, TURN, DISCARDED, REFUSED = "ticked_runs", "runs_turn", "discarded_runs", "refused_runs"
ABOUT_TREE = "Forks below the run that they went on from. Where rows are sorted by a column there is no tree."
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
    if refused := st.session_state.pop(REFUSED, []):
        st.warning("  \n".join(refused), icon=":material/block:")
    clicked = show_opener("queue", {"deleted": list_deleted_runs()})
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
    st.markdown("**Nothing has been trained yet**")
    st.markdown("Open a preset in the gallery and press Train; every run is kept here with its curves and weights.")
    show_way_out()


def open_run(run: str) -> None:
    """Show a run in the place of the table."""
    forget_click()
    st.query_params[RUN] = run
    st.rerun(scope="app")


def show_table(was_active: bool) -> None:
    """The table, which follows running trainings."""
    runs = list_runs()
    ended = was_active and not runs["status"].isin(UNFINISHED).any()
    if st.session_state.pop(DISCARDED, False) or ended:
        st.rerun(scope="app")
    everything, table, order = runs, build_table(runs), read_order(st.session_state)
    with st.container(horizontal=True, vertical_alignment="center"):
        fits = choose(runs, table, ask_wish(runs, table))
        is_tree = bool(runs["parent"].notna().any()) and st.toggle(
            "Tree", help="Forks below the run that they went on from"
        )
        place = st.container(width="content")
    runs, table = arrange(runs[fits], table[fits], is_tree, order)
    row, column, ticked = show_rows(list(runs["id"]), table, order)
    with place, st.container(horizontal=True):
        chosen = everything[everything["id"].isin(ticked)]
        show_compare(list(chosen["id"]))
        show_edit(chosen, list_tags(everything))
        show_delete(chosen)
        if st.button("Trash", icon=":material/delete:", type="tertiary", help="What was deleted lately"):
            go_to("trash")
    count, shown = f"{len(everything):,} run{'' if len(everything) == 1 else 's'}", len(runs)
    told = count if shown == len(everything) else f"{shown:,} of {count}"
    st.caption(f"{told}. Click one to open it, tick two or more to compare them; click a heading to sort.")
    show_groups(everything)
    if row is not None:
        parent = runs.iloc[row]["parent"]
        is_parent = column == "From" and isinstance(parent, str) and parent in set(everything["id"])
        open_run(str(parent if is_parent else runs.iloc[row]["id"]))


def arrange(
    runs: pd.DataFrame, table: pd.DataFrame, is_tree: bool, order: Order | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows by a column, as a tree, or as they are given: the newest first."""
    if order is not None:
        places = sort_places(runs, table, order)
        return runs.iloc[places], table.iloc[places]
    if not is_tree:
        return runs, table
    tree = order_as_tree(list(runs["id"]), list(runs["parent"]))
    places = [place for place, _ in tree]
    names = [indent(str(table.iloc[place]["Run"]), depth) for place, depth in tree]
    return runs.iloc[places], table.iloc[places].assign(Run=names)


def show_rows(ids: list[str], table: pd.DataFrame, order: Order | None) -> tuple[int | None, str, list[str]]:
    """Show rows. Ticks belong to runs, not to places: they stay when other runs come, and when rows are filtered out.

    Returns the row and the column that were clicked, and the runs that are ticked. A click on a heading sorts.
    """
    before = st.session_state.get(TICKED, [])
    picked = st.dataframe(
        table,
        key=name_rows(ids),
        hide_index=True,
        height=HEAD + ROW * min(max(len(table), 1), TALLEST) + 2,
        row_height=ROW,
        placeholder="",
        on_select="rerun",
        selection_mode=["multi-row", "single-cell", "single-column"],
        selection_default={"selection": {"rows": [place for place, id in enumerate(ids) if id in before]}},
        column_config=configure_columns(order),
    )
    shown = set(ids)
    ticked = [id for id in before if id not in shown] + [ids[row] for row in find_ticked(picked) if row < len(ids)]
    st.session_state[TICKED] = ticked
    heading = find_heading(picked)
    if heading is not None:
        turn_order(st.session_state, heading)
        forget_click()
        st.rerun(scope="app")
    row, column = find_picked(picked)
    return (row if row is not None and row < len(ids) else None), column, ticked


def name_rows(ids: list[str]) -> str:
    """A key that changes with the rows and their order, since Streamlit remembers ticks by place, and after each click."""
    digest = hashlib.sha256(",".join(ids).encode()).hexdigest()[:16]
    return f"runs-{st.session_state.get(TURN, 0)}-{digest}"


def forget_click() -> None:
    """Show the table as if nothing had been clicked yet. Ticks stay."""
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def show_delete(ticked: pd.DataFrame) -> None:
    """The button that deletes what is ticked, which asks once."""
    count = len(ticked)
    names = ", ".join(f"“{escape(str(name))}”" for name in ticked["name"][:MOST_NAMED])
    more = f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""
    label = f"Delete {count} runs" if count > 1 else "Delete"
    loss = f"{names}{more} will go to the trash, with curves and checkpoints."
    ask_to_delete(label, loss, lambda: discard(list(ticked["id"])), key="delete-ticked", is_off=count == 0)


def discard(runs: list[str]) -> None:
    """Move runs to the trash and offer to take them back. What cannot go stays, and the page says why."""
    entries, refused = [], []
    for run in runs:
        try:
            entries.append(delete_run(run))
        except (RunError, TrashError) as error:
            refused.append(escape(str(error)))
    remember_deleted(entries)
    st.session_state[REFUSED] = refused
    st.session_state.pop(TICKED, None)
    forget_click()
    st.session_state[DISCARDED] = True


def show_compare(ticked: list[str]) -> None:
    """The button that compares what is ticked."""
    label = f"Compare {len(ticked)} runs" if len(ticked) > 1 else "Compare"
    help = f"Tick two runs or more, up to {MOST}, at the left of the table."
    if st.button(label, icon=":material/compare_arrows:", disabled=not 2 <= len(ticked) <= MOST, help=help):
        st.query_params[COMPARE] = ",".join(ticked)
        st.rerun(scope="app")


def configure_columns(order: Order | None) -> dict[str, Any]:
    """Widths, sparklines and formats, and an arrow beside the heading that the rows are sorted by."""
    column = st.column_config
    columns: dict[str, Any] = {
        "Run": column.TextColumn(width="medium"),
        "From": column.TextColumn(width="small", help="The run that it went on from; click to open that"),
        "Tags": column.ListColumn(width="small"),
        "Status": column.TextColumn(width="small"),
        "Curve": column.LineChartColumn(width="small", help="The kept metric, on validation where that was measured"),
        "Metric": column.TextColumn(width="small"),
        "Best": column.NumberColumn(format="%.4g", width=100),
        "Changed": column.TextColumn(width="medium", help="What differs from the run of the same project before it"),
        "Epochs": column.TextColumn(width="small"),
        "Duration": column.TextColumn(width="small"),
        "Device": column.TextColumn(width="small"),
        "Created": column.DatetimeColumn(format="D MMM, HH:mm", width="small", help="A queued run begins later"),
    }
    if order is not None and order.column in columns:
        columns[order.column]["label"] = f"{order.column} {order.arrow}"
    return columns


def find_ticked(picked: object) -> list[int]:
    """The rows that are ticked."""
    selection = getattr(picked, "selection", None)
    return [int(row) for row in (selection.get("rows") or [])] if selection else []


def find_heading(picked: object) -> str | None:
    """The column whose heading was clicked."""
    selection = getattr(picked, "selection", None)
    columns = (selection.get("columns") or []) if selection else []
    return str(columns[0]) if columns else None


def find_picked(picked: object) -> tuple[int | None, str]:
    """The row that was clicked, and the column."""
    selection = getattr(picked, "selection", None)
    cells = (selection.get("cells") or []) if selection else []
    return (int(cells[0][0]), str(cells[0][1])) if cells else (None, "")
