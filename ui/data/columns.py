"""Shows what the columns of opened data hold, what is worth knowing of them, and asks what they are used for."""

from __future__ import annotations

import html

import pandas as pd
import streamlit as st

from builder.document import Source, Windows
from runtime.data.building import DATE_PARTS, build_source, suggest_windows
from runtime.data.derived import DATE_PARTS as ALL_PARTS
from runtime.data.errors import DataError
from runtime.data.intake import ColumnUse, guess_from
from runtime.data.opened import Opened
from runtime.data.remarks import Remark, find_remarks
from runtime.data.summaries import Summary
from ui.charts.data import build_histogram_figure, build_values_figure
from ui.charts.figures import Figure

KINDS = {
    "number": "number",
    "flags": "category as 0/1",
    "category": "category",
    "text": "text",
    "date": "date",
    "image": "pictures",
    "mask": "masks",
    "ignore": "nothing of use",
}
USES = {"input": "input", "target": "label to learn", "ignore": "ignore"}
SETTINGS = {
    "column": st.column_config.TextColumn("Column", disabled=True, pinned=True),
    "kind": st.column_config.SelectboxColumn(
        "Holds", options=list(KINDS), format_func=lambda kind: KINDS[str(kind)], required=True
    ),
    "use": st.column_config.SelectboxColumn(
        "Used as", options=list(USES), format_func=lambda use: USES[str(use)], required=True
    ),
    "reason": st.column_config.TextColumn("Why", disabled=True),
    "counts": st.column_config.BarChartColumn("Spread", y_min=0),
    "distinct": st.column_config.NumberColumn("Different", disabled=True, format="localized"),
    "missing": st.column_config.NumberColumn("Missing", disabled=True, format="localized"),
    "examples": st.column_config.TextColumn("Examples", disabled=True),
}
MOST_REMARKS = 8
LONGEST_NAME = 24
"""Letters of a value below its bar."""
STYLE = """<style>
.ll-remarks { margin: 0; font-size: 14px; line-height: 1.45; padding: 0 0 0 18px; display: grid; gap: 4px; }
.ll-remarks span { opacity: 0.75; }
</style>"""


def ask_columns(opened: Opened, like: Source | None) -> Source | None:
    """Show the columns and ask for their uses; the source once the button is pressed, else None."""
    key = opened.origin.model_dump_json()
    st.caption(count_rows(opened))
    uses = edit_uses(opened, like, key)
    parts = ask_date_parts(uses, key)
    windows = ask_forecast(opened, uses, like, key)
    pressed = st.button("Use this data", type="primary", key="use_data")
    knowing, looking = st.columns([3, 2], gap="large")
    with knowing:
        show_remarks(recall_remarks(opened, uses, key))
    with looking:
        show_column(opened.summaries, key)
    if not pressed:
        return None
    try:
        return build_source(opened.origin, uses, opened.table, like, parts, windows)
    except DataError as error:
        st.warning(str(error), icon=":material/info:")
        return None


def count_rows(opened: Opened) -> str:
    """How many rows and columns there are, in a sentence."""
    parts = ", ".join(f"{len(table):,} {part}" for part, table in opened.tables.items())
    rows = f"{len(opened.table):,} rows" if len(opened.tables) == 1 else f"Rows: {parts}"
    columns = "1 column" if len(opened.summaries) == 1 else f"{len(opened.summaries):,} columns"
    return f"{rows}, {columns}. What they hold and what they are used for can be changed here:"


def edit_uses(opened: Opened, like: Source | None, key: str) -> list[ColumnUse]:
    """The columns as a table in which kind and use are chosen."""
    guessed = guess_from(opened.table, opened.summaries, like)
    frame = pd.DataFrame([vars(use) for use in guessed])[list(SETTINGS)]
    edited = st.data_editor(frame, column_config=SETTINGS, hide_index=True, key=f"columns_{key}")
    return [
        ColumnUse(use.column, row["kind"], row["use"], use.reason, use.examples, use.distinct, use.missing, use.counts)
        for use, row in zip(guessed, edited.to_dict("records"), strict=True)
    ]


def ask_date_parts(uses: list[ColumnUse], key: str) -> list[str]:
    """Which numbers a date becomes, where there is one."""
    if not any(use.kind == "date" and use.use == "input" for use in uses):
        return list(DATE_PARTS)
    chosen = st.pills(
        "A date becomes", list(ALL_PARTS), default=list(DATE_PARTS), selection_mode="multi", key=f"dates_{key}"
    )
    return [part for part in ALL_PARTS if part in chosen] or list(DATE_PARTS)


def ask_forecast(opened: Opened, uses: list[ColumnUse], like: Source | None, key: str) -> Windows | None:
    """Whether the label is a series whose next values are to be learned from those before, and how far it looks."""
    target = next((use for use in uses if use.use == "target"), None)
    if target is None or target.kind != "number":
        return None
    suggested = suggest_windows(uses, opened.summaries, like)
    words = f"Forecast: learn the next values of {target.column} from those before"
    if not st.toggle(words, value=suggested is not None, key=f"forecast_{key}"):
        return None
    windows = suggested or Windows(length=24, horizon=1)
    length, horizon, stride, order = st.columns(4)
    names = [None, *(summary.column for summary in opened.summaries)]
    return Windows(
        length=length.number_input("Rows looked back at", 1, 100_000, windows.length, key=f"length_{key}"),
        horizon=horizon.number_input("Rows forecast", 1, 10_000, windows.horizon, key=f"horizon_{key}"),
        stride=stride.number_input("A sample every", 1, 100_000, windows.stride, key=f"stride_{key}"),
        order=order.selectbox(
            "In the order of",
            names,
            index=names.index(windows.order) if windows.order in names else 0,
            format_func=lambda name: name or "the rows as they stand",
            key=f"order_{key}",
        ),
    )


def recall_remarks(opened: Opened, uses: list[ColumnUse], key: str) -> list[Remark]:
    """What is worth knowing, found anew only where another use was chosen."""
    asked = (key, tuple((use.column, use.kind, use.use) for use in uses))
    kept: tuple[object, list[Remark]] | None = st.session_state.get("remarks")
    if kept is None or kept[0] != asked:
        kept = (asked, find_remarks(opened.tables, uses, opened.summaries))
        st.session_state["remarks"] = kept
    return kept[1]


def show_remarks(remarks: list[Remark]) -> None:
    """What is worth knowing, and what helps."""
    st.caption("Worth knowing")
    if not remarks:
        st.markdown("Nothing stands out: no values are missing, no rows repeat, no column gives the label away.")
        return
    items = [f"<li>{html.escape(r.what)} <span>{html.escape(r.advice)}</span></li>" for r in remarks]
    st.html(f'{STYLE}<ul class="ll-remarks">{"".join(items[:MOST_REMARKS])}</ul>')
    if len(items) > MOST_REMARKS:
        with st.expander(f"{len(items) - MOST_REMARKS} more"):
            st.html(f'<ul class="ll-remarks">{"".join(items[MOST_REMARKS:])}</ul>')


def show_column(summaries: tuple[Summary, ...], key: str) -> None:
    """How the values of one column are spread."""
    drawn = {summary.column: summary for summary in summaries if summary.counts}
    if not drawn:
        return
    name = st.selectbox("Look at a column", list(drawn), key=f"look_{key}")
    summary = drawn[name]
    figure = draw_spread(summary)
    st.plotly_chart(figure, key=f"spread_{key}", height=220, config={"displayModeBar": False})


def draw_spread(summary: Summary) -> Figure:
    """A histogram of numbers, dates or lengths of texts; else bars of the most frequent values."""
    if len(summary.bars) == len(summary.counts):
        return build_values_figure([str(bar)[:LONGEST_NAME] for bar in summary.bars], summary.counts)
    if summary.holds == "date":
        return build_values_figure([f"{bar:%Y-%m-%d}" for bar in summary.bars[:-1]], summary.counts, "date")
    bars = pd.DataFrame({"low": summary.bars[:-1], "high": summary.bars[1:], "samples": summary.counts})
    return build_histogram_figure(bars, "words in a text" if summary.holds == "text" else summary.column)
