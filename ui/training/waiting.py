"""More runs of a project: another one behind those that wait, or the same with several seeds."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.repeating import FEWEST, MOST, USUAL
from ui.projects import Stored
from ui.training.settings import ask_settings
from ui.training.start import repeat_run, start_run

ABOUT = "The same with other seeds, one after the other: how much of a result is chance shows in their mean and their spread."


def ask_for_another(stored: Stored) -> list[str]:
    """A popover with the settings that puts one more run of the project into the queue. Returns what is refused in it."""
    with st.popover("Queue another"):
        st.caption("One more run of this project, which begins when its turn comes.")
        refused = ask_settings(stored, is_nested=True)
        if st.button("Add to the queue", type="primary", key="queue-another", disabled=bool(refused)):
            queue_runs(lambda: [start_run(stored)])
    return refused


def ask_to_repeat(stored: Stored) -> None:
    """A popover that trains the project with several seeds."""
    ask_for_seeds(f"project-{stored.id}", lambda count: repeat_run(stored, count))


def ask_to_repeat_run(folder: RunFolder, name: str) -> None:
    """A popover that trains what a run trained with several seeds, counted up from its own."""

    def repeat(count: int) -> list[str]:
        from runtime.runs.supervisor import repeat

        return repeat(folder.read_project(), count, name, str(folder.read_meta()["parent"] or "") or None)

    ask_for_seeds(f"run-{folder.id}", repeat)


def ask_for_seeds(key: str, repeat: Callable[[int], list[str]]) -> None:
    """A popover that asks with how many seeds."""
    with st.popover("Repeat"):
        st.caption(ABOUT)
        count = int(st.number_input("Seeds", FEWEST, MOST, USUAL, key=f"seeds-{key}"))
        if st.button(f"Repeat with {count} seeds", type="primary", key=f"repeat-{key}"):
            queue_runs(lambda: repeat(count))


def queue_runs(start: Callable[[], list[str]]) -> None:
    """Put runs into the queue, and say so, or why it cannot be."""
    try:
        runs = start()
    except RunError as error:
        st.warning(str(error))
        return
    what = "One run is" if len(runs) == 1 else f"{len(runs)} runs are"
    st.toast(f"{what} in the queue. The runs page shows what waits.")
    st.rerun()
