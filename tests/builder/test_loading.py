from __future__ import annotations

import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder import loading
from builder.document import FORMAT, Project
from builder.loading import LoadError, dump_project, load_project, migrate
from builder.writing import WIDEST_LINE

PRESETS = sorted((Path(__file__).parents[2] / "presets").glob("*.json"))
PLAIN: dict[str, Any] = {
    "format": 1,
    "networks": {"model": {"nodes": [{"id": "x", "kind": "Input"}, {"id": "y", "kind": "Output"}],
                           "edges": [{"source": "x", "target": "y"}]}},
}  # fmt: skip


def refusal(content: str | bytes) -> str:
    with pytest.raises(LoadError) as caught:
        load_project(content)
    return str(caught.value)


def with_dtype(dtype: str) -> dict[str, Any]:
    """A source with a field of this type of numbers."""
    facts = {"fields": {"x": {"kind": "vector", "dtype": dtype}}}
    return {"main": {"origins": [], "fields": {"x": {"kind": "vector"}}, "facts": facts}}


def plain(**changes: Any) -> str:
    return json.dumps({**PLAIN, **changes})


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_a_project_written_and_read_again_is_the_same(path: Path) -> None:
    project = load_project(path.read_bytes())
    text = dump_project(project)
    assert load_project(text) == project
    assert dump_project(load_project(text)) == text


def test_a_written_project_has_a_node_to_a_line() -> None:
    lines = dump_project(load_project(plain())).splitlines()
    assert '{"id": "x", "kind": "Input", "position": [0.0, 0.0]}' in " ".join(lines)
    assert max(len(line) for line in lines) <= WIDEST_LINE + 10


def test_unknown_kinds_keep_their_parameters_and_links() -> None:
    data = json.loads(plain())
    data["networks"]["model"]["nodes"].insert(1, {"id": "q", "kind": "Quantum", "params": {"deep": {"er": [1, "2"]}}})
    data["networks"]["model"]["edges"] = [
        {"source": "x", "target": "q"},
        {"source": "q", "target": "y", "source_port": "odd"},
    ]
    again = json.loads(dump_project(load_project(json.dumps(data))))["networks"]["model"]
    assert again["nodes"][1]["params"] == {"deep": {"er": [1, "2"]}}
    assert again["edges"][1]["source_port"] == "odd"


def test_quotes_and_newlines_in_notes_come_back_as_they_were() -> None:
    nasty = '"""\n\\"; import os\u2028\x00\N{PILE OF POO}'
    data = json.loads(plain(description=nasty))
    data["networks"]["model"]["notes"] = [{"text": nasty}]
    project = load_project(dump_project(load_project(json.dumps(data))))
    assert project.networks["model"].notes[0].text == nasty == project.description


def test_ids_such_as_dunder_class_are_kept_for_the_checker_to_name() -> None:
    data = json.loads(plain())
    data["networks"]["model"]["nodes"][0]["id"] = "__class__"
    assert load_project(json.dumps(data)).networks["model"].nodes[0].id == "__class__"


@pytest.mark.parametrize("cut", [1, 20, 60, 100, -1])
def test_a_truncated_file_is_said_to_break_off_with_line_and_column(cut: int) -> None:
    text = json.dumps(PLAIN, indent=1)
    sentence = refusal(text[:cut])
    assert "line" in sentence and "column" in sentence


def test_a_damaged_file_is_said_to_be_damaged_where_it_is() -> None:
    assert "damaged at line 2, column 1" in refusal('{"format": 1,\n;')


class Trap:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return (exec, ("raise SystemExit('a pickle was run')",))


def make_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("project.json", "{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (pickle.dumps(Trap()), "a pickle"),
        (make_zip(), "a zip archive"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a JPEG picture"),
        (b'{"format": 1, "name": "caf\xe9"}', "not text in UTF-8 (byte 27"),
        (b"", "is empty"),
        ("   \n", "is empty"),
        ("import torch", 'starts with "import torch'),
        ("[]", "no project of Layerloom"),
        ('{"nbformat": 4, "cells": []}', "no project of Layerloom"),
        ("3", "no project of Layerloom"),
        ('{"format": 1, "format": 1}', 'names "format" twice'),
        ('{"format": NaN}', "holds NaN"),
        ('{"format": 1, "about": {"x": -Infinity}}', "holds -Infinity"),
        ('{"format": 1, "about": {"x": 1e999}}', "too large to compute with"),
        ('{"format": 1, "about": {"x": ' + "9" * 5000 + "}}", "more than 64 bits"),
        ('{"format": 1, "name": "\\ud800"}', "half of a character"),
        ('{"format": 1, "about": ' + "[" * 100 + "]" * 100 + "}", "nested more than 60"),
        ('{"format": ' + "[" * 200_000, "nested more than 60"),
        (plain(format=FORMAT + 1), f"of format {FORMAT + 1}, and this version of Layerloom reads up to format {FORMAT}"),
        (plain(format=0), "formats are whole numbers from 1"),
        (plain(format=True), "says its format is true"),
        (plain(format="1"), 'says its format is "1"'),
        (plain(networks=3), '"networks"'),
        (plain(run={"epochs": 0}), '"run.epochs" must be at least 1, got 0'),
        (plain(run={"epochs": "many"}), '"run.epochs" must be a whole number, got "many"'),
        (plain(colour="red"), '"colour" is not known'),
        (plain(networks={"model": {"nodes": [{"id": "x"}]}}), '"networks.model.nodes.0.kind" is needed'),
        (plain(data=with_dtype("complex64")), '"data.main.facts.fields.x.dtype" must be one of'),
        (plain(run={"epochs": 0, "seed": -1, "device": "tpu", "precision": "x", "executor": 1}), "and 2 more"),
    ],
)  # fmt: skip
def test_what_is_no_project_gets_one_sentence(content: str | bytes, words: str) -> None:
    sentence = refusal(content)
    assert words in sentence
    assert sentence.endswith((".", ")."))
    assert "\n" not in sentence


def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MOST_BYTES", 100)
    monkeypatch.setattr(loading, "read_json", lambda text: pytest.fail("it was read"))
    assert "MB" in refusal("x" * 101)


def test_a_project_of_too_many_nodes_is_refused_with_their_number() -> None:
    nodes = [{"id": f"n{i}", "kind": "ReLU"} for i in range(loading.MOST_NODES + 1)]
    assert "20,001 nodes" in refusal(plain(networks={"model": {"nodes": nodes}}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"networks": {f"n{i}": {} for i in range(loading.MOST_NETWORKS + 1)}}, "501 networks"),
        ({"data": {f"n{i}": {} for i in range(loading.MOST_NETWORKS + 1)}}, "501 sources of data"),
        ({"training": {"edges": [{}] * loading.MOST_EDGES}}, "100,001 links"),
        ({"training": {"notes": [{}] * (loading.MOST_MARKS + 1)}}, "5,001 notes"),
        ({"training": {"params": {f"p{i}": 1 for i in range(loading.MOST_MARKS + 1)}}}, "5,001 parameters"),
    ],
)
def test_a_project_of_too_many_pieces_is_refused_with_their_number(changes: dict[str, Any], words: str) -> None:
    assert words in refusal(plain(**changes))
    with pytest.raises(LoadError, match=words):
        loading.read_document({**PLAIN, **changes})


def test_an_older_format_is_migrated_one_step_at_a_time() -> None:
    steps = {1: lambda data: {**data, "trail": ["one"]}, 2: lambda data: {**data, "trail": [*data["trail"], "two"]}}
    data = migrate({"format": 1}, steps, newest=3)
    assert data == {"format": 3, "trail": ["one", "two"]}


def test_a_format_without_a_migration_is_refused() -> None:
    with pytest.raises(LoadError, match="no longer reads"):
        migrate({"format": 1}, {}, newest=2)


def test_there_is_a_migration_for_every_older_format() -> None:
    assert set(loading.MIGRATIONS) == set(range(1, FORMAT))


@given(st.binary(max_size=200))
def test_any_bytes_give_a_project_or_a_sentence(content: bytes) -> None:
    try:
        assert isinstance(load_project(content), Project)
    except LoadError as error:
        assert str(error).endswith(".")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_a_project_with_anything_anywhere_gives_a_project_or_a_sentence(data: st.DataObject) -> None:
    document = json.loads(PRESETS[0].read_text(encoding="utf-8"))
    holder: Any = document
    while True:
        key = (
            data.draw(st.sampled_from(sorted(holder)))
            if isinstance(holder, dict)
            else data.draw(st.integers(0, len(holder) - 1))
        )
        deeper = isinstance(holder[key], (dict, list)) and len(holder[key]) > 0
        if not deeper or data.draw(st.booleans()):
            break
        holder = holder[key]
    holder[key] = data.draw(values)
    try:
        project = load_project(json.dumps(document))
        assert load_project(dump_project(project)) == project
    except LoadError as error:
        assert str(error).endswith(".")
