"""The panel that takes a run home: a checkpoint, one button, what verification found, the files, and the code to read."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import streamlit as st

from runtime.runs.checkpoint_index import list_checkpoints
from runtime.runs.errors import RunError
from runtime.runs.feed import tell_status
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.store import UNFINISHED
from ui.runs.take_home import HELP, JOBS, Parcel, begin, begin_data, find_data, find_parcel, is_being_made

STYLE: Final = Path(__file__).parent / "style.css"
BEST: Final = "best"
NEWEST: Final = "newest"
NOTHING_YET: Final = "There is no checkpoint to take home yet. Training makes the first one after about a second."
NOTHING: Final = "This run has no checkpoint, so there is nothing to take home. Resume it, or train again."
CODE: Final = ("model.py", "train.py", "predict.py", "sample.py")
CODE_HEIGHT: Final = 420
WORKING_SECONDS: Final = 0.4
TRAINING_SECONDS: Final = 2.0


def render_take_home(run_id: str) -> None:
    """Show what is ready of a run and how to make it; while something is made or trained, the panel alone runs again."""
    try:
        folder = find_run(run_id)
        folder.read_project()
    except RunError as problem:
        st.markdown(str(problem))
        return
    st.html(STYLE)
    pace = find_pace(folder)
    st.fragment(show_panel, run_every=pace)(folder, pace)


def find_pace(folder: RunFolder) -> float | None:
    """How often the panel has to look again; None where nothing moves."""
    if is_being_made(folder.id):
        return WORKING_SECONDS
    return TRAINING_SECONDS if tell_status(folder) in UNFINISHED else None


def show_panel(folder: RunFolder, pace: float | None) -> None:
    """The panel at this moment; where it has to look more or less often than it does, the page is told."""
    if find_pace(folder) != pace:
        st.rerun()
    checkpoints = {entry["name"]: entry for entry in reversed(list_checkpoints(folder.checkpoints))}
    parcel = find_parcel(folder)
    if not checkpoints:
        st.markdown(NOTHING_YET if tell_status(folder) in UNFINISHED else NOTHING)
        return
    show_choices(folder, checkpoints, parcel)
    show_work(folder, "files")
    show_work(folder, "data")
    files = write_files(folder, parcel, find_data(folder))
    if files:
        st.html(files)
    if parcel:
        show_code(parcel)


def show_choices(folder: RunFolder, checkpoints: dict[str, dict[str, Any]], parcel: Parcel | None) -> None:
    """Which weights, and the buttons that make the files."""
    keeps_best = folder.read_project().run.keep_best is not None
    names = [*([BEST] if keeps_best else []), NEWEST, *checkpoints]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Weights",
            names,
            format_func=lambda name: name_checkpoint(checkpoints, name),
            width=220,
            key=f"take-weights-{folder.id}",
        )
        label = "Make again" if parcel else "Make the files"
        if st.button(label, type="secondary" if parcel else "primary", disabled=is_working(folder, "files")):
            begin(folder, resolve_choice(checkpoints, chosen))
            st.rerun()
        about = "prepared.safetensors, for train.py --data, which trains exactly as this run did"
        if st.button("Prepared data", help=about, disabled=is_working(folder, "data")):
            begin_data(folder)
            st.rerun()


def is_working(folder: RunFolder, kind: str) -> bool:
    """Whether something of a kind is being made."""
    job = JOBS.find((folder.id, kind))
    return job is not None and job.is_running


def resolve_choice(checkpoints: dict[str, dict[str, Any]], choice: str) -> str | None:
    """The checkpoint that a choice means now; None for the best weights."""
    if choice == BEST:
        return None
    return next(name for name, entry in checkpoints.items() if entry["is_last"]) if choice == NEWEST else choice


def name_checkpoint(checkpoints: dict[str, dict[str, Any]], choice: str) -> str:
    """A choice in words."""
    if choice in (BEST, NEWEST):
        return "Best so far" if choice == BEST else "Newest"
    entry = checkpoints[choice]
    return f"Step {entry['step']:,}{' (best)' if entry['is_best'] else ''}"


def show_work(folder: RunFolder, kind: str) -> None:
    """What is being made, or why it could not be."""
    job = JOBS.find((folder.id, kind))
    if job is None:
        return
    if job.is_running:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(job.done, text=job.doing[:1].upper() + job.doing[1:])
            st.button("Stop", key=f"stop-{kind}-{folder.id}", on_click=job.stop)
    elif job.error:
        st.html(f'<div class="ll-parcel"><p class="ll-failed">{escape(job.error)}</p></div>')


def write_files(folder: RunFolder, parcel: Parcel | None, data: Path | None) -> str:
    """What is ready, as links."""
    files = [*(parcel.files if parcel else ()), *([data] if data else ())]
    if not files:
        return ""
    links = "".join(f"<li>{write_link(folder, file.name)}<span>{HELP.get(file.name, '')}</span></li>" for file in files)
    head = write_head(folder, parcel) if parcel else ""
    missing = (parcel.report.get("missing") or {}) if parcel else {}
    absent = "".join(f"<p>There is no {escape(name)}. {escape(str(why))}</p>" for name, why in missing.items())
    return f'<div class="ll-parcel">{head}<ul>{links}</ul>{absent}</div>'


def write_head(folder: RunFolder, parcel: Parcel) -> str:
    """What verification found, and the zip."""
    found, step = parcel.report.get("verification") or {}, parcel.report.get("step")
    look, word = ("verified", "Verified") if parcel.is_verified else ("unverified", "Not verified")
    origin = f", with the weights of step {step:,}" if isinstance(step, int) else ""
    return (
        f'<p class="ll-{look}"><b>{word}.</b> {escape(str(found.get("sentence", "")))}</p>'
        f"<p>{write_link(folder, parcel.archive.name, 'll-button')}<span>everything in one zip{origin}</span></p>"
    )


def write_link(folder: RunFolder, name: str, look: str = "ll-link") -> str:
    """A download link."""
    address = f"/api/runs/{quote(folder.id)}/files/{quote(name)}"
    return f'<a class="{look}" href="{address}" download target="_self">{escape(name)}</a>'


def show_code(parcel: Parcel) -> None:
    """The code, to be read and copied."""
    code = {file.name: file for file in parcel.files if file.name in CODE}
    names = [name for name in CODE if name in code]
    if not names:
        return
    with st.expander("Read the code"):
        for name, tab in zip(names, st.tabs(names), strict=True):
            tab.code(code[name].read_text(encoding="utf-8"), language="python", height=CODE_HEIGHT)
