"""More runs of a project: another one behind those that wait, or the same with several seeds or folds of its data."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from runtime.runs import folding, repeating
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from ui.projects import Stored
from ui.training.settings import ask_settings
from ui.training.start import cross_validate, repeat_run, start_run

ABOUT = "The same with other seeds, one after the other: how much of a result is chance shows in their mean and their spread."

ABOUT_FOLDS = "Once for each fold of the data: every sample but those of the test is for validation once."


def ask_for_another(stored: Stored) -> list[str]:
    """A popover with the settings that puts one more run of the project into the queue. Returns what is refused in it."""
    with st.popover("Queue another"):
        st.caption("One more run of this project, which begins when its turn comes.")
        refused = ask_settings(stored, is_nested=True)
        if st.button("Add to the queue", type="primary", key="queue-another", disabled=bool(refused)):
            queue_runs(lambda: [start_run(stored)])
    return refused


def ask_to_repeat(stored: Stored) -> None:
    """A popover that trains the project with several seeds, or once for each fold of its data."""
    ask_how_often(
        f"project-{stored.id}",
        lambda count: repeat_run(stored, count),
        lambda count: cross_validate(stored, count),
    )


def ask_to_repeat_run(folder: RunFolder, name: str) -> None:
    """A popover that trains what a run trained with several seeds, counted up from its own, or on several folds."""
    from runtime.runs import supervisor

    def vary(start: Callable[..., list[str]], count: int) -> list[str]:
        return start(folder.read_project(), count, name, str(folder.read_meta()["parent"] or "") or None)

    ask_how_often(
        f"run-{folder.id}",
        lambda count: vary(supervisor.repeat, count),
        lambda count: vary(supervisor.cross_validate, count),
    )


def ask_how_often(key: str, repeat: Callable[[int], list[str]], fold: Callable[[int], list[str]]) -> None:
    """A popover that asks with how many seeds, or with how many folds."""
    with st.popover("Repeat"):
        st.caption(ABOUT)
        count = int(st.number_input("Seeds", repeating.FEWEST, repeating.MOST, repeating.USUAL, key=f"seeds-{key}"))
        if st.button(f"Repeat with {count} seeds", type="primary", key=f"repeat-{key}"):
            queue_runs(lambda: repeat(count))
        st.caption(ABOUT_FOLDS)
        folds = int(st.number_input("Folds", folding.FEWEST, folding.MOST, folding.USUAL, key=f"folds-{key}"))
        if st.button(f"Cross-validate with {folds} folds", type="primary", key=f"fold-{key}"):
            queue_runs(lambda: fold(folds))


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
