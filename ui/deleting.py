"""What pages say of deletions: a question before, which names what goes, and a way back afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

import streamlit as st

from runtime.trash import DAYS, Entry, Trash, TrashError
from ui.markdown import escape
from ui.pages import go_to

DELETED = "deleted"
"""Where a tab keeps what it deleted last: a sentence, the names of the deletions in the trash, and the runs among them."""


def ask_to_delete(label: str, loss: str, delete: Callable[[], None], key: str, is_off: bool = False) -> None:
    """A button that asks once, naming what is deleted, before it deletes.

    What deletes is a callback, which Streamlit calls before anything of the page runs: where another click cuts that run short,
    this one is not lost. It cannot have the page run again, which it does anyway.
    """
    if is_off:  # a popover that is only switched off stays open over what was just deleted
        st.button(label, icon=":material/expand_more:", icon_position="right", disabled=True, key=f"off-{key}")
        return
    with st.popover(label, key=f"popover-{key}"):
        st.markdown(f"{loss} It can be restored for {DAYS} days.")
        st.button("Move to the trash", type="primary", key=key, on_click=delete)


def remember_deleted(entries: Sequence[Entry]) -> None:
    """Have this tab offer to take deletions back."""
    if entries:
        what = f"“{entries[0].name}” is" if len(entries) == 1 else f"{len(entries)} {entries[0].kind}s are"
        runs = [PurePosixPath(thing).name for entry in entries if entry.kind == "run" for thing in entry.things]
        st.session_state[DELETED] = f"{what} in the trash.", [entry.id for entry in entries], runs


def list_deleted_runs() -> list[str]:
    """The runs among what this tab deleted last."""
    return list(st.session_state[DELETED][2]) if DELETED in st.session_state else []


def show_undo() -> None:
    """Offer to take back what this tab deleted last."""
    if DELETED not in st.session_state:
        return
    sentence, ids, _ = st.session_state[DELETED]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(escape(sentence), width="content")
        if st.button("Undo", key="undo-delete"):
            del st.session_state[DELETED]
            for id in ids:
                restore(id)
            st.rerun()
        if st.button("Open the trash", key="open-trash", type="tertiary"):
            go_to("trash")


def restore(id: str) -> None:
    """Bring something back, or say why it cannot be."""
    try:
        Trash().restore(id)
    except TrashError as error:
        st.toast(str(error))
