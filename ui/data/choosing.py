"""Chooses another data set: embedded, a file, a folder or the hub, and what its columns are used for."""

from __future__ import annotations

import json

import pandas as pd
import streamlit as st

from builder.document import Origin, Source
from runtime.data.embedded import EMBEDDED
from runtime.data.errors import DataError
from runtime.data.intake import ColumnUse, build_source, guess_uses
from runtime.data.located import Report
from runtime.data.sources import locate_origin
from runtime.data.tables import Table
from runtime.data.uploads import ENDINGS, receive_upload
from ui.data.preparing import await_job

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
    key = origin.model_dump_json()
    tables = await_job("opened", key, lambda report: open_tables(origin, report))
    return _ask_columns(origin, tables["train"], key, like) if tables else None


def open_tables(origin: Origin, report: Report) -> dict[str, Table]:
    """Read the tables of an origin. Raises DataError."""
    located = locate_origin(origin, report)
    report("reading data", 0.5)
    return located.open()


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
    shape = next((field.shape for field in facts if field.kind == "image"), None)
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
    words = "A table (CSV, TSV, JSON, JSON lines, Parquet), or a zip with a folder of pictures for each class"
    upload = st.file_uploader(words, type=list(ENDINGS), key="upload")
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


def _ask_columns(origin: Origin, table: Table, key: str, like: Source | None) -> Source | None:
    guessed = guess_uses(table)
    st.caption(f"{len(table):,} rows. What the columns hold, and what they are used for:")
    frame = pd.DataFrame([vars(use) for use in guessed])
    settings = {
        "column": st.column_config.TextColumn(disabled=True),
        "kind": st.column_config.SelectboxColumn(
            "holds", options=["number", "category", "image", "ignore"], required=True
        ),
        "use": st.column_config.SelectboxColumn("used as", options=["input", "target", "ignore"], required=True),
        "examples": st.column_config.TextColumn(disabled=True),
        "distinct": st.column_config.NumberColumn("different values", disabled=True),
        "missing": st.column_config.NumberColumn(disabled=True),
    }
    edited = st.data_editor(frame, column_config=settings, hide_index=True, key=f"columns_{key}")
    if not st.button("Use this data", type="primary", key="use_data"):
        return None
    try:
        return build_source(origin, [ColumnUse(**row) for row in edited.to_dict("records")], table, like)
    except DataError as error:
        st.warning(str(error), icon=":material/info:")
        return None
