"""The page of one run: as it happened, what can be done with it, and taking it home."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import streamlit as st

from runtime.data.job import Job
from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from runtime.runs.listing import delete_run, rename_run
from runtime.runs.store import UNFINISHED, read_status
from ui.pages import go_to
from ui.projects import create_project, load_project
from ui.runs.take_home import HELP, WANTED, Parcel, ask_for, begin, begin_data, find_job, find_parcel, forget_job
from ui.session import open_project
from ui.training.start import read_origin
from ui.training.watching import watch_run

STYLE = Path(__file__).parent / "style.css"
RUN = "run"
DISCARDED = "discarded_run"


def show_run(folder: RunFolder) -> None:
    """Show one run."""
    name = folder.read_meta()["name"]
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", key="run-head"):
        if st.button("All runs", icon=":material/arrow_back:", type="tertiary"):
            leave()
        st.html(f'<b class="ll-title">{escape(str(name))}</b>', width="stretch")
        show_actions(folder, str(name))
    if st.session_state.get(WANTED) == folder.id or find_job(folder.id):
        show_take_home(folder)
    watch_run(folder)


def leave() -> None:
    """Go back to the table."""
    st.query_params.pop(RUN, None)
    st.rerun()


def show_actions(folder: RunFolder, name: str) -> None:
    """What can be done with a run."""
    with st.popover("Rename"):
        changed = st.text_input("Name", name, max_chars=200, key=f"name-{folder.id}")
        if changed != name:
            rename_run(folder.id, changed)
            st.rerun()
    if st.button("Open project", help="The network as this run trained it"):
        open_as_trained(folder)
    if read_status(folder) not in UNFINISHED and st.button("Delete"):
        discard(folder)
    if st.button("Take home", type="primary", key="take"):
        ask_for(folder)
        st.rerun()


def open_as_trained(folder: RunFolder) -> None:
    """Open the project as it was trained: itself where it has not changed since, else a copy of it."""
    project, origin = folder.read_project(), read_origin(folder.path)
    stored = load_project(origin) if origin else None
    if stored and stored.project.networks == project.networks and stored.project.training == project.training:
        open_project(stored.id)
    else:
        open_project(create_project(project.model_copy(update={"name": f"{project.name} from a run"[:200]})).id)
    go_to("build")


def discard(folder: RunFolder) -> None:
    """Move a run to the trash and offer to take it back."""
    try:
        st.session_state[DISCARDED] = delete_run(folder.id)
    except RunError as error:
        st.toast(str(error))
        return
    leave()


def show_take_home(folder: RunFolder) -> None:
    """The files of a run: being made, or ready with what verification found."""
    with st.container(border=True, key="take-home"):
        job = find_job(folder.id)
        if job and not job.wait(0.2):
            show_progress(job)
            return
        if job and job.error:
            st.markdown(job.error)
            if st.button("Try again"):
                begin(folder, None)
                st.rerun()
            return
        forget_job(folder.id)
        parcel = find_parcel(folder)
        if parcel:
            st.html(write_parcel(folder, parcel))
        show_choices(folder, parcel)


@st.fragment(run_every=0.4)
def show_progress(job: Job[Any]) -> None:
    """What is being done; the page goes on meanwhile."""
    if not job.is_running:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.done, text=job.doing[:1].upper() + job.doing[1:])
        st.button("Stop", key="stop_export", on_click=job.stop)


def write_parcel(folder: RunFolder, parcel: Parcel) -> str:
    """The files as links, with what verification found."""
    found = parcel.report.get("verification", {})
    state = "verified" if parcel.is_verified else "unverified"
    links = "".join(
        f"<li>{write_link(folder, file.name)}<span>{HELP.get(file.name, '')}</span></li>" for file in parcel.files
    )
    step = parcel.report.get("step")
    return (
        f'<div class="ll-parcel"><p class="ll-{state}"><b>{state.capitalize()}</b> '
        f"{escape(str(found.get('sentence', '')))}</p>"
        f"<p>{write_link(folder, parcel.archive.name, 'll-button')} <span>everything in one zip, from step {step}</span></p>"
        f"<ul>{links}</ul></div>"
    )


def write_link(folder: RunFolder, name: str, look: str = "") -> str:
    """A download link."""
    address = f"/api/runs/{quote(folder.id)}/files/{quote(name)}"
    return f'<a class="{look}" href="{address}" download target="_self">{escape(name)}</a>'


def show_choices(folder: RunFolder, parcel: Parcel | None) -> None:
    """Making the files again from another checkpoint, and the prepared data."""
    checkpoints = {entry["name"]: entry for entry in reversed(list_checkpoints(folder.checkpoints))}
    if not checkpoints:
        st.markdown("There is no checkpoint to take home yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names: list[str | None] = [None, *checkpoints]
        chosen = st.selectbox(
            "Checkpoint", names, format_func=lambda name: name_checkpoint(checkpoints, name), width=220
        )
        if st.button("Make again" if parcel else "Make"):
            begin(folder, chosen)
            st.rerun()
        if st.button("Prepared data", help="For train.py --data, which trains exactly as this run did"):
            begin_data(folder)
            st.rerun()
        if st.button("Close", type="tertiary"):
            st.session_state.pop(WANTED, None)
            st.rerun()


def name_checkpoint(checkpoints: dict[str, dict[str, Any]], name: str | None) -> str:
    """A checkpoint for the list."""
    if name is None:
        return "Best so far"
    entry = checkpoints[name]
    return f"Step {entry['step']:,}{' (best)' if entry['is_best'] else ''}"
