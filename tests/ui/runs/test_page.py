"""The table of runs as a page: quick at hundreds, and true to which run a tick and a click mean."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from runtime.recent import SETTLED_NS
from runtime.runs import listing
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.listing import list_runs
from tests.runtime.runs.made import linear, point
from ui.runs import measures
from ui.runs.notes import change_tags
from ui.runs.page import find_picked, name_rows
from ui.runs.table import build_table

MANY = 120


def make(home: Path, count: int) -> Iterator[RunFolder]:
    for number in range(count):
        folder = create_run(linear(epochs=number + 1), f"Run {number}", runs=home / "runs")
        with folder.lock(), folder.writer() as writer:
            writer.write_status("running")
            for step in range(1, 30):
                writer.write(point(step, 1 / step))
            writer.write_status("finished")
        yield folder


def show() -> None:
    from ui.runs.page import show_page

    show_page()


def test_runs_that_did_not_change_are_not_read_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = list(make(home, MANY))
    time.sleep(1.5 * SETTLED_NS / 1e9)
    build_table(list_runs())
    reads: list[str] = []
    for module, name in ((listing, "describe_run"), (measures, "read_measure")):
        original = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda folder, *rest, original=original: reads.append(folder.id) or original(folder, *rest)
        )
    began = time.perf_counter()
    build_table(list_runs())
    assert reads == [] and time.perf_counter() - began < 1.0
    with folders[3].lock(), folders[3].writer() as writer:
        writer.write(point(40, 0.001))
    build_table(list_runs())
    assert reads == [folders[3].id] * 2


def test_the_page_filters_and_edits_what_is_ticked(home: Path) -> None:
    folders = list(make(home, 3))
    app = AppTest.from_function(show, default_timeout=60)
    app.session_state["ticked_runs"] = [folders[0].id]
    app.run()
    assert not app.exception and len(app.dataframe[0].value) == 3
    app.text_input[0].set_value("run 1").run()
    assert list(app.dataframe[0].value["Run"]) == ["Run 1"] and "1 of 3 runs" in app.caption[0].value
    assert app.session_state["ticked_runs"] == [folders[0].id]


def test_rows_have_a_key_of_their_own(home: Path) -> None:
    assert name_rows(["a", "b"]) != name_rows(["b", "a"])


def test_tags_are_added_to_several_and_taken_from_those_that_have_them(home: Path) -> None:
    one, two = make(home, 2)
    one.write_meta(tags=["old", "kept"])
    change_tags([one.id, two.id], ["new"], ["old"])
    assert (one.read_meta()["tags"], two.read_meta()["tags"]) == (["kept", "new"], ["new"])


def test_a_click_tells_its_row_and_its_column() -> None:
    picked = SimpleNamespace(selection={"rows": [2], "cells": [(4, "From")]})
    assert find_picked(picked) == (4, "From") and find_picked(None) == (None, "")
