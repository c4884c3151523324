"""The gallery: own projects and presets as cards, a filter by task, new projects, and a place for files."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from functools import cache
from typing import Any

import streamlit as st

from ui.assets import MissingFrontend, write_loader
from ui.cards import build_own_card, list_preset_cards
from ui.deleting import DELETED, remember_deleted, show_undo
from ui.pages import go_to
from ui.projects import create_project, discard_project, list_projects, load_project, name_apart, save_project
from ui.session import open_preset, open_project
from ui.starts import STARTS, start_project
from ui.warmup import begin_loading

TASKS = [
    ["classification", "Classes"],
    ["binary", "Yes or no"],
    ["regression", "Numbers"],
    ["language", "Language"],
    ["generation", "New pictures"],
    ["segmentation", "Masks"],
]
LOOK_SECONDS = 0.05


def show_gallery() -> None:
    """Show the page."""
    loading = begin_loading()
    show_undo()
    try:
        component = register()
    except MissingFrontend as missing:
        st.error(str(missing))
        return
    done = component(
        key="gallery",
        data=collect_cards(is_sketch=not loading.done()),
        on_look_change=nothing,
        on_start_change=nothing,
        on_rename_change=nothing,
        on_duplicate_change=nothing,
        on_discard_change=nothing,
    )
    act(done)
    if not loading.done():
        await_loaded(loading)
        st.rerun()


def await_loaded(loading: Future[None]) -> None:
    """Wait until pictures and sizes can be told; whoever clicks on a card meanwhile is not kept waiting."""
    while not loading.done():
        with suppress(TimeoutError):
            loading.result(LOOK_SECONDS)
        st.session_state.get(DELETED)  # here Streamlit lets go of this run of the page where a click asks for another


@cache
def register() -> Any:
    """Register the gallery's part of the front end."""
    return st.components.v2.component("layerloom_gallery", js=write_loader("gallery"), isolate_styles=False)


def nothing() -> None:
    """What was asked is read from the component's result, where the page may change."""


def collect_cards(is_sketch: bool) -> dict[str, Any]:
    """What the gallery shows: everything, or a sketch of it that needs nothing heavy."""
    latest = {} if is_sketch else read_latest()
    own = [build_own_card(stored, latest.get(stored.id, ""), is_sketch) for stored in list_projects()]
    starts = [[name, title, line] for name, (_, title, line) in STARTS.items()]
    return {"tasks": TASKS, "starts": starts, "own": own, "presets": list(list_preset_cards(is_sketch))}


def read_latest() -> dict[str, str]:
    """For every project what became of its latest run."""
    from ui.runs.table import describe_latest

    return describe_latest()


def act(done: Any) -> None:
    """Do what was asked on the cards."""
    if done.look:
        look(done.look)
    elif done.start:
        open_project(create_project(start_project(done.start)).id)
        go_to("build")
    elif done.rename:
        rename(done.rename["id"], done.rename["name"])
    elif done.duplicate:
        duplicate(done.duplicate)
    elif done.discard:
        entry = discard_project(done.discard)
        remember_deleted([entry] if entry else [])
        st.rerun()


def look(what: dict[str, str]) -> None:
    """Open a project, or a preset without keeping anything of it."""
    if "preset" in what:
        open_preset(what["preset"])
    else:
        open_project(what["project"])
    go_to("build")


def rename(id: str, name: str) -> None:
    """Give a project another name."""
    stored = load_project(id)
    if stored:
        project = stored.project.model_copy(update={"name": name[:200]})
        save_project(id, project, stored.revision, stored.revision + 1)
    st.rerun()


def duplicate(id: str) -> None:
    """Make a second project of the same content."""
    stored = load_project(id)
    if stored:
        create_project(stored.project.model_copy(update={"name": name_apart(stored.project.name)}))
    st.rerun()


show_gallery()
