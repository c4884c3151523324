"""Chooses another data set: embedded, a file, a folder or the hub, and what its columns are used for."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from builder.document import Origin, Source
from runtime.data.embedded import EMBEDDED
from runtime.data.errors import DataError
from runtime.data.folders import resolve_path
from runtime.data.opened import open_origin
from runtime.data.plain_text import guess_shape
from runtime.data.spreadsheets import list_sheets
from runtime.data.uploads import ENDINGS, receive_upload
from ui.data.columns import ask_columns
from ui.data.preparing import await_job

SHAPES = {"lines": "a row a line", "stream": "one long text", "table": "a table"}
PLACES = {"embedded": "With Layerloom", "file": "Upload", "folder": "On this computer", "hub": "Hugging Face hub"}


def choose_source(like: Source | None) -> Source | None:
    """Let a person choose data and say what its columns are; the new source once they press the button, else None."""
    place = st.segmented_control(
        "Where the data is", list(PLACES), default="embedded", format_func=PLACES.__getitem__, key="place"
    )
    if place in (None, "embedded"):
        origin = _ask_embedded(like)
    else:
        origin = {"file": _ask_upload, "folder": _ask_folder, "hub": _ask_hub}[place]()
    if origin is None:
        return None
    origin = ask_reading(origin)
    opened = await_job("opened", origin.model_dump_json(), lambda report: open_origin(origin, report))
    return ask_columns(opened, like) if opened else None


def ask_reading(origin: Origin) -> Origin:
    """How a text or a spreadsheet is read, where there is a choice."""
    ending = Path(origin.name).suffix.lower() if origin.kind == "file" else ""
    if ending == ".txt":
        guessed = find_shape(origin)
        shape = st.segmented_control(
            "Read it as", list(SHAPES), default=guessed, format_func=SHAPES.__getitem__, key=f"shape_{origin.name}"
        )
        return origin.model_copy(update={"options": {"shape": shape} if shape else {}})
    sheets = find_sheets(origin) if ending == ".xlsx" else ()
    if len(sheets) > 1:
        sheet = st.selectbox("Sheet", sheets, key=f"sheet_{origin.name}")
        return origin.model_copy(update={"options": {"sheet": sheet}})
    return origin


def find_shape(origin: Origin) -> str | None:
    """How a text is read unless told otherwise; None where it cannot be opened, which reading it tells."""
    known: dict[str, str] = st.session_state.setdefault("shapes", {})
    if origin.name not in known:
        try:
            known[origin.name] = guess_shape(resolve_path(origin.name))
        except (DataError, OSError):
            return None
    return known[origin.name]


def find_sheets(origin: Origin) -> tuple[str, ...]:
    """The sheets of a spreadsheet; none where it cannot be opened, which reading it tells."""
    known: dict[str, tuple[str, ...]] = st.session_state.setdefault("sheets", {})
    if origin.name not in known:
        try:
            known[origin.name] = list_sheets(resolve_path(origin.name))
        except (DataError, OSError):
            return ()
    return known[origin.name]


def _ask_embedded(like: Source | None) -> Origin | None:
    names = list(EMBEDDED)
    name = st.selectbox("Data set", names, format_func=lambda name: EMBEDDED[name].title, key="embedded_name")
    st.caption(EMBEDDED[name].description)
    defaults = {**EMBEDDED[name].options, **find_picture_size(name, like)}
    options = {option: _ask_option(name, option, value) for option, value in defaults.items()}
    if None in options.values():
        return None
    return Origin(kind="embedded", name=name, options=options)


def find_picture_size(name: str, like: Source | None) -> dict[str, int]:
    """Options that draw an embedded set in the size that the project's pictures have now."""
    facts = like.facts.fields.values() if like and like.facts else ()
    shape = next((field.sizes for field in facts if field.kind == "image"), None)
    return {"size": shape[1], "channels": shape[0]} if shape and "channels" in EMBEDDED[name].options else {}


def _ask_option(name: str, option: str, value: object) -> object:
    """One option of an embedded set; None where what was typed does not fit."""
    key = f"{name}_{option}"
    if isinstance(value, list):
        return _read_list(st.text_input(option, json.dumps(value)[1:-1], key=key), option)
    if option == "channels":
        return st.segmented_control("channels", [1, 3], default=value, key=key) or value
    if isinstance(value, float):
        return st.number_input(option, value=value, min_value=0.0, step=0.01, key=key)
    return st.number_input(option, value=value if isinstance(value, int) else 0, min_value=0, step=1, key=key)


def _read_list(text: str, option: str) -> list[float] | None:
    try:
        return [float(number) for number in text.replace(";", ",").split(",") if number.strip()]
    except ValueError:
        st.warning(f"{option} holds numbers with commas between them, such as 1, 2, 3.5.", icon=":material/info:")
        return None


def _ask_upload() -> Origin | None:
    words = (
        "A table (CSV, TSV, Excel, JSON, JSON lines, Parquet), a text, "
        "or a zip with a folder of pictures or of sounds (WAV) for each class, or with pictures in `images` and masks in `masks`"
    )
    hint = "A file of gigabytes is sooner there by its path: choose On this computer."
    upload = st.file_uploader(words, type=list(ENDINGS), key="upload", help=hint)
    if upload is None:
        return None
    received: dict[str, Origin] = st.session_state.setdefault("received", {})
    if upload.file_id not in received:
        try:
            received[upload.file_id] = receive_upload(upload.name, upload)
        except DataError as error:
            st.warning(str(error), icon=":material/info:")
            return None
    return received[upload.file_id]


def _ask_folder() -> Origin | None:
    path = st.text_input(
        "Path of a file, or of a folder of pictures or tables", placeholder="~/pictures", key="path"
    ).strip()
    if not path:
        return None
    name = path.rstrip("/").rsplit("/", 1)[-1]
    return Origin(kind="file" if "." in name.strip(".") and not path.endswith("/") else "folder", name=path)


def _ask_hub() -> Origin | None:
    with st.form("hub", border=False):
        field, button = st.columns([5, 1], vertical_alignment="bottom")
        name = field.text_input("Name on the hub", placeholder="ylecun/mnist", key="hub_name").strip()
        button.form_submit_button("Look", width="stretch")
    return Origin(kind="hub", name=name) if name else None
