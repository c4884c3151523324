"""The trash: what was deleted in the last 30 days, to be brought back or to be let go of."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from runtime.trash import DAYS, Entry, Trash, tell_bytes
from ui.deleting import DELETED, restore
from ui.markdown import escape

MOST_SHOWN = 50
KINDS = {"run": "Run", "project": "Project", "version": "Version", "block": "Block"}


def show_page() -> None:
    """Show the page."""
    entries = Trash().list_entries()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader("Trash", anchor=False, width="stretch")
        if entries:
            ask_to_empty(entries)
    if not entries:
        st.markdown(f"The trash is empty. What you delete stays here for {DAYS} days.")
        return
    wanted = st.text_input("Find", placeholder="Find by name", label_visibility="collapsed", width=240)
    found = [entry for entry in entries if wanted.casefold() in entry.name.casefold()]
    for entry in found[:MOST_SHOWN]:
        show_entry(entry)
    if len(found) > MOST_SHOWN:
        st.caption(f"and {len(found) - MOST_SHOWN} older ones. Type a name to find one of them.")


def show_entry(entry: Entry) -> None:
    """One deletion, with the button that takes it back."""
    at = datetime.fromtimestamp(entry.at)
    with st.container(horizontal=True, vertical_alignment="center", key=f"entry-{entry.id}"):
        versions = " with its versions" if entry.kind == "project" and len(entry.things) > 1 else ""
        about = f"{KINDS[entry.kind]}{versions} · {tell_bytes(entry.num_bytes)} · deleted {at:%-d %b, %H:%M}"
        st.markdown(f"**{escape(entry.name)}**  \n:small[{escape(about)}]", width="stretch")
        if st.button("Restore", key=f"restore-{entry.id}", help=f"Bring “{entry.name}” back under its old name"):
            restore(entry.id)
            st.rerun()


def ask_to_empty(entries: list[Entry]) -> None:
    """Ask once before everything goes for good."""
    with st.popover("Empty the trash"):
        size = tell_bytes(sum(entry.num_bytes for entry in entries))
        what = "One thing" if len(entries) == 1 else f"{len(entries)} things"
        st.markdown(f"{what}, {size}, will be gone for good. This cannot be undone.")
        if st.button("Delete for good", type="primary", key="empty-trash"):
            Trash().empty()
            st.session_state.pop(DELETED, None)
            st.rerun()


show_page()
