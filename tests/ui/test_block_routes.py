from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from builder.block_files import MOST_BYTES, SHIPPED, list_shipped
from runtime.trash import Trash
from ui import block_library


def make_block(name: str = "mine", **change: Any) -> dict[str, Any]:
    block = list_shipped()[0].model_dump(mode="json")
    return {**block, "name": name, "title": "Mine", "networks": {name: block["networks"]["residual_basic"]}, **change}


def own(client: TestClient) -> list[str]:
    return [block["name"] for block in client.get("/api/blocks").json()["blocks"] if block["origin"] == "own"]


def test_shipped_blocks_can_be_added_from_the_start(client: TestClient, home: Path) -> None:
    answer = client.get("/api/blocks").json()
    assert [block["name"] for block in answer["blocks"]] == list(SHIPPED)
    assert answer["damaged"] == []
    assert answer["blocks"][0]["networks"]["residual_basic"]["params"] == {"channels": 64}


def test_a_block_that_is_kept_is_there_until_it_is_removed(client: TestClient, home: Path) -> None:
    assert client.post("/api/blocks", json=make_block()).json() == {"name": "mine", "replaced": False}
    assert own(client) == ["mine"]
    assert (home / "blocks" / "mine.json").is_file()
    assert client.delete("/api/blocks/mine").status_code == 200
    assert own(client) == []
    assert len(list((home / "trash").iterdir())) == 1
    assert client.delete("/api/blocks/mine").status_code == 404


def test_a_block_of_the_same_name_takes_the_place_of_the_other_which_goes_to_the_trash(
    client: TestClient, home: Path
) -> None:
    client.post("/api/blocks", json=make_block())
    assert client.post("/api/blocks", json=make_block()).json()["replaced"]
    assert not (home / "trash").exists()
    assert client.post("/api/blocks", json=make_block(title="Other")).json()["replaced"]
    (kept,) = Trash().list_entries()
    assert (kept.kind, kept.name) == ("block", "mine")
    assert json.loads((kept.path / "blocks" / "mine.json").read_text())["title"] == "Mine"


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({}, 'This block could not be kept. It is no block that can be used: "name" is needed'),
        (make_block(networks={}), "it holds no network named"),
        (make_block("../up"), "cannot bear that name"),
        (make_block(format=99), "format 99"),
    ],
)
def test_what_is_no_block_is_refused_with_a_sentence(
    client: TestClient, home: Path, block: dict[str, Any], sentence: str
) -> None:
    answer = client.post("/api/blocks", json=block)
    assert answer.status_code == 400 and sentence in answer.json()["error"]
    assert own(client) == []


def test_a_block_that_is_too_large_is_not_read_to_its_end(client: TestClient, home: Path) -> None:
    assert client.post("/api/blocks", content=b"{" + b" " * MOST_BYTES).status_code == 413


def test_a_damaged_file_is_told_and_hides_no_other(client: TestClient, home: Path) -> None:
    client.post("/api/blocks", json=make_block())
    (home / "blocks" / "broken.json").write_text('{"format": 1, "netw')
    (home / "blocks" / "strange.json").write_bytes(b"\x80\x04")
    answer = client.get("/api/blocks").json()
    assert own(client) == ["mine"]
    assert len(answer["damaged"]) == 2
    assert answer["damaged"][0].startswith(
        "The block broken.json cannot be opened and is left as it is. The file breaks off"
    )


def test_the_library_does_not_grow_without_end(client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_library, "MOST_BLOCKS", 1)
    client.post("/api/blocks", json=make_block())
    answer = client.post("/api/blocks", json=make_block("second"))
    assert answer.status_code == 400 and "has 1 blocks already" in answer.json()["error"]


def test_a_page_from_elsewhere_can_neither_read_nor_change_the_library(client: TestClient, home: Path) -> None:
    client.post("/api/blocks", json=make_block())
    foreign = {"origin": "https://evil.example"}
    assert client.get("/api/blocks", headers=foreign).status_code == 403
    assert client.post("/api/blocks", json=make_block("other"), headers=foreign).status_code == 403
    assert client.delete("/api/blocks/mine", headers=foreign).status_code == 403
    assert own(client) == ["mine"]


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2fprojects", "a%00b", "forward"])
def test_only_blocks_can_be_removed(client: TestClient, home: Path, name: str) -> None:
    (home / "projects").mkdir()
    (home / "projects.json").write_text("{}")
    assert client.delete(f"/api/blocks/{name}").status_code in (404, 405)
    assert (home / "projects.json").exists()
