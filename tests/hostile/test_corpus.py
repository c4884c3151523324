"""Every hostile file at every door: refused with a sentence at once and in little memory, and nothing of it is run.

What is taken all the same is listed here with the reason, and looked at.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.doors import DOORS
from tests.hostile.make import CLASSES, FILES, make

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 1.0
MOST_MEGABYTES = 256
PATIENCE = 300
Record = dict[str, Any]

DRAWN = ("open_project", "keep_version", "change_project", "show_code")
"""Doors that take a document. What is wrong with its network is a finding at the node, and its code is not printed."""
FINDINGS = {
    *(f"deep_nesting/{name}.json" for name in ("references", "arithmetic", "minuses", "blocks")),
    *(f"naming_code/{name}.json" for name in ("kind_os_system", "kind_import_path", "kind_dunder", "id_dunder", "formula")),
    *(f"naming_code/{name}.json" for name in ("param_class", "param_expression", "param_call")),
    *(f"numbers/{name}.json" for name in ("power", "product", "by_zero")),
    *(f"shape_bomb/{name}.json" for name in (
        "weights", "features", "kernel", "reshape", "axes", "repeat", "pad", "upsample", "input", "embedding", "lstm",
        "networks_in_limits", "uses")),
    *(f"unicode/{name}.json" for name in ("nul_id", "bidi_id", "zero_width_id", "nfkc_twins", "reserved_id", "bidi_name")),
    *(f"injection/{name}.json" for name in ("names", "notes", "network_name", "id", "param", "prototype", "origin")),
}  # fmt: skip
HARMLESS = {
    ("deep_nesting/block_of_itself.json", "keep_block"): "a finding where it is used",
    ("deep_nesting/block_of_itself.json", "open_block"): "a finding where it is used",
    ("injection/block_title.json", "keep_block"): "a title is shown as text",
    ("injection/block_title.json", "open_block"): "a title is shown as text",
    ("naming_code/decorator.py", "import_code"): "a decorator is not looked at",
    ("picture_bomb/png_more_than_pixels.png", "try_picture"): "no more is decoded than the header says",
    ("picture_project/script.svg", "open_project"): "only the project is taken out of a drawing",
    ("table_text/formulas.csv", "upload_data"): "cells are text",
}


def is_expected(file: str, door: str) -> bool:
    """Whether a file may be taken at a door."""
    return (file in FINDINGS and door in DRAWN) or (file, door) in HARMLESS


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """What was seen when each file was pushed through each door, in a process of its own."""
    folder = tmp_path_factory.mktemp("hostile")
    corpus, home, out = folder / "corpus", folder / "home", folder / "seen.jsonl"
    make(corpus)
    (home / "tmp").mkdir(parents=True)
    around = {"LAYERLOOM_HOME": str(home), "TMPDIR": str(home / "tmp"), "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.hostile.watch", str(corpus), str(home), str(out)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **around}, timeout=PATIENCE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in out.read_text().splitlines()]


def name_records(records: list[Record], *keys: str) -> list[str]:
    return [f"{record['file']} at {record['door']}: {[record.get(key) for key in keys]}" for record in records]


def test_each_file_was_at_each_door(records: list[Record]) -> None:
    assert {(record["file"], record["door"]) for record in records} == {
        (file, door) for file in FILES for door in DOORS
    }


def test_each_gets_an_answer_and_no_fault_of_ours(records: list[Record]) -> None:
    assert not name_records([record for record in records if record.get("fault")], "fault")


def test_each_is_refused_with_a_sentence_or_known_to_do_no_harm(records: list[Record]) -> None:
    taken = [record for record in records if record["refusal"] is None]
    assert not name_records([record for record in taken if not is_expected(record["file"], record["door"])], "taken")
    for record in records:
        sentence = record["refusal"]
        assert sentence is None or (sentence.endswith((".", ")")) and "\n" not in sentence), (record["file"], sentence)
        assert sentence is None or ("Traceback" not in sentence and len(sentence) < 1000), (record["file"], sentence)


def test_what_is_said_to_do_no_harm_is_taken(records: list[Record]) -> None:
    taken = {(record["file"], record["door"]) for record in records if record["refusal"] is None}
    assert {*HARMLESS, *((file, "open_project") for file in FINDINGS)} <= taken


@pytest.mark.parametrize("kind", CLASSES)
def test_each_is_done_with_in_a_second(records: list[Record], kind: str) -> None:
    own = [record for record in records if record["file"].startswith(f"{kind}/")]
    assert own and not name_records([record for record in own if record["seconds"] > MOST_SECONDS], "seconds")


@pytest.mark.parametrize("kind", CLASSES)
def test_each_is_done_with_in_little_memory(records: list[Record], kind: str) -> None:
    own = [record for record in records if record["file"].startswith(f"{kind}/")]
    assert own and not name_records([record for record in own if record["megabytes"] > MOST_MEGABYTES], "megabytes")


def test_nothing_is_opened_or_written_elsewhere_nothing_started_nothing_called(records: list[Record]) -> None:
    assert not name_records([record for record in records if record["seen"]], "seen")


def test_nothing_of_a_file_is_run(records: list[Record]) -> None:
    assert not name_records([record for record in records if record["canaries"]], "canaries")


def test_what_is_refused_leaves_nothing_but_an_upload_in_its_own_folder(records: list[Record]) -> None:
    def strange(record: Record) -> list[str]:
        own = ("data/uploads", "data/uploads/") if record["door"] == "upload_data" else ()
        return [path for path in record["left"] if not path.startswith(("prepared", "tmp", *own))]

    refused = [record for record in records if record["refusal"] is not None]
    assert not name_records([record for record in refused if strange(record)], "left")


def test_code_that_is_printed_is_nothing_but_networks(records: list[Record]) -> None:
    """Whatever a file says in its names, notes and parameters stands in texts."""
    printed = [
        (record["file"], code["source"])
        for record in records
        if record["taken"] and record["door"] in ("open_project", "show_code")
        for code in [json.loads(record["taken"]).get("code", json.loads(record["taken"]))]
        if "source" in code
    ]
    assert len(printed) > 5
    for file, source in printed:
        for node in ast.walk(ast.parse(source)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert all(
                name.split(".")[0] in ("torch", "__future__", "math", "typing", "collections") for name in names
            ), file
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert not called.startswith(("os", "__import__", "eval", "exec", "subprocess", "open")), (file, called)


def test_what_is_found_wrong_is_a_finding_at_its_node(records: list[Record]) -> None:
    found = {
        record["file"]: json.loads(record["taken"])["analysis"]["analysis"]["findings"]
        for record in records
        if record["door"] == "open_project"
        and record["taken"]
        and record["file"].split("/")[0] in ("shape_bomb", "numbers")
    }
    assert len(found) > 10 and all(found.values())
