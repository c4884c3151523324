from __future__ import annotations

import io
import json
import stat
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder
from ui import take_home_routes
from ui.projects import list_projects, load_project
from ui.runs.take_home import FOLDER
from ui.session import PRESETS

PRESET = (PRESETS / "linear_regression.json").read_bytes()


def pack(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def parcel(finished: RunFolder) -> RunFolder:
    """A run with files that lie ready."""
    place = finished.path / FOLDER / "line"
    place.mkdir(parents=True)
    (place / "model.py").write_text("import torch\n")
    (place / "run.json").write_text(json.dumps({"verification": {"verified": True}}))
    (place.parent / "line.zip").write_bytes(pack({"line/model.py": b"import torch\n"}))
    return finished


def test_a_dropped_project_file_becomes_a_project(client: TestClient, home: Path) -> None:
    id = client.post("/api/projects?name=line.json", content=PRESET).json()["id"]
    stored = load_project(id)
    assert stored is not None and stored.project.name == "Linear regression"


def test_a_dropped_take_home_zip_becomes_a_project(client: TestClient, home: Path) -> None:
    content = pack({"line/model.py": b"raise SystemExit", "line/project.json": PRESET})
    id = client.post("/api/projects?name=line.zip", content=content).json()["id"]
    stored = load_project(id)
    assert stored is not None and stored.project.networks


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no.json", b"\x80\x04\x95pickle"),
        ("cut.json", PRESET[:200]),
        ("other.json", b'{"format": 1, "cells": []}'),
        ("newer.json", b'{"format": 999}'),
        ("photo.png", b"\x89PNG\r\n\x1a\n"),
        ("empty.zip", pack({"readme.txt": b"hello"})),
        ("cut.zip", pack({"project.json": PRESET})[:-40]),
        ("bomb.zip", pack({"project.json": b" " * (33 * 2**20)})),
        ("nothing.json", b""),
    ],
)
def test_any_other_file_gets_a_sentence_and_leaves_nothing(
    client: TestClient, home: Path, name: str, content: bytes
) -> None:
    answer = client.post("/api/projects", params={"name": name}, content=content)
    assert answer.status_code in (413, 422)
    assert answer.json()["error"].endswith(".") and "Traceback" not in answer.json()["error"]
    assert list_projects() == []


def test_a_zip_of_too_many_files_or_of_a_link_is_left_packed(
    client: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_home_routes, "MOST_PACKED", 3)
    many = pack({"project.json": PRESET, **{f"{number}.txt": b"" for number in range(3)}})
    link = zipfile.ZipInfo("project.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as archive:
        archive.writestr(link, PRESET)
    for content, words in (
        (many, "many.zip holds more than 3 files"),
        (pack({"project.json": PRESET, "zeros": bytes(300 * 2**20)}), "would grow to 0.3 GiB"),
        (linked.getvalue(), "leads outside"),
    ):
        answer = client.post("/api/projects", params={"name": "many.zip"}, content=content)
        assert answer.status_code == 422 and words in answer.json()["error"]
    assert list_projects() == []


def test_pages_from_elsewhere_bring_no_projects_and_take_no_files(client: TestClient, parcel: RunFolder) -> None:
    strange = {"origin": "https://evil.example"}
    assert client.post("/api/projects", content=PRESET, headers=strange).status_code == 403
    assert client.get(f"/api/runs/{parcel.id}/files/line.zip", headers=strange).status_code == 403


def test_files_that_were_made_are_downloaded_by_their_names(client: TestClient, parcel: RunFolder) -> None:
    answer = client.get(f"/api/runs/{parcel.id}/files/model.py")
    assert answer.content == b"import torch\n"
    assert answer.headers["content-disposition"] == 'attachment; filename="model.py"'
    assert client.get(f"/api/runs/{parcel.id}/files/line.zip").status_code == 200


@pytest.mark.parametrize("name", ["run.db", "..%2f..%2frun.db", "%2e%2e", "project.json", "line"])
def test_nothing_else_of_a_run_is_downloaded(client: TestClient, parcel: RunFolder, name: str) -> None:
    assert client.get(f"/api/runs/{parcel.id}/files/{name}").status_code == 404
