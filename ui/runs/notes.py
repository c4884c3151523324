"""What people write on runs: names, tags and notes, on one and on several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

import pandas as pd
import streamlit as st

from runtime.runs.folder import RunFolder, find_run
from runtime.runs.listing import list_runs, rename_run, tag_run, write_notes
from ui.runs.choosing import list_tags

IMAGE = re.compile(r"!(?=\[)")
MOST_WRITTEN = 20_000


def show_notes(folder: RunFolder) -> None:
    """On the page of a run: its tags and notes, and a place to write them."""
    meta = folder.read_meta()
    tags, notes = [str(tag) for tag in meta["tags"]], str(meta["notes"])
    with st.container(horizontal=True, vertical_alignment="center"):
        if tags:
            st.html(write_tags(tags), width="content")
        with st.popover(
            "Notes and tags" if tags or notes else "Add notes or tags", icon=":material/edit_note:", type="tertiary"
        ):
            ask_notes(folder, tags, notes)
    if notes:
        with st.container(key="run-notes"):
            st.markdown(without_images(notes))


def ask_notes(folder: RunFolder, tags: Sequence[str], notes: str) -> None:
    """Where tags and notes are written."""
    known = sorted({*list_tags(list_runs()), *tags})
    chosen = st.multiselect(
        "Tags", known, list(tags), accept_new_options=True, placeholder="Choose or write", key=f"tags-{folder.id}"
    )
    written = st.text_area("Notes, in Markdown", notes, max_chars=MOST_WRITTEN, height=180, key=f"notes-{folder.id}")
    if st.button("Save", type="primary", key=f"save-notes-{folder.id}"):
        tag_run(folder.id, chosen)
        write_notes(folder.id, written)
        st.rerun()


def without_images(text: str) -> str:
    """Markdown whose images stay text: one from elsewhere would tell its server who reads this. HTML is shown as text anyway."""
    return IMAGE.sub(r"!\\", text)


def write_tags(tags: Iterable[str]) -> str:
    """Tags as HTML."""
    return f'<div class="ll-tags">{"".join(f"<span>{escape(tag)}</span>" for tag in tags)}</div>'


def show_edit(ticked: pd.DataFrame, known: Sequence[str]) -> None:
    """Above the table: change the tags of what is ticked, and the name where that is one run."""
    why = "Tick runs at the left of the table to change their names and tags" if ticked.empty else None
    with st.popover("Edit", icon=":material/edit:", disabled=ticked.empty, help=why):
        if ticked.empty:
            return
        ids, turn = list(ticked["id"]), st.session_state.setdefault("edit-turn", 0)
        name = None
        if len(ids) == 1:
            name = st.text_input("Name", str(ticked.iloc[0]["name"]), max_chars=200, key=f"edit-name-{ids[0]}-{turn}")
        added = st.multiselect(
            "Add tags", known, accept_new_options=True, placeholder="Choose or write", key=f"edit-add-{turn}"
        )
        own = list_tags(ticked)
        removed = st.multiselect("Remove tags", own, placeholder="None", key=f"edit-remove-{turn}") if own else []
        if st.button("Save", type="primary", key="edit-save"):
            if name is not None:
                rename_run(ids[0], name)
            change_tags(ids, added, removed)
            st.session_state["edit-turn"] = turn + 1
            st.rerun(scope="app")


def change_tags(runs: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> None:
    """Add tags to runs and take others away. Raises RunNotFound."""
    gone, new = set(removed), list(added)
    for run in runs:
        kept = [tag for tag in find_run(run).read_meta()["tags"] if tag not in gone]
        tag_run(run, [*kept, *new])
