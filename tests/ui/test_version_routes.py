from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from builder.document import Project
from ui import version_routes

DOCUMENT = Project(name="Mine").model_dump(mode="json")
ALL = "/api/projects/mine/versions"


def keep(client: TestClient, **part: Any) -> dict[str, Any]:
    answer = client.post(ALL, json={"name": "First", "document": DOCUMENT, **part})
    assert answer.status_code == 200, answer.text
    kept: dict[str, Any] = answer.json()
    return kept


def test_a_version_is_kept_listed_opened_deleted_and_taken_back(client: TestClient, home: Path) -> None:
    kept = keep(client)
    assert client.get(ALL).json() == [kept]
    assert kept["name"] == "First" and kept["automatic"] is False
    assert client.get(f"{ALL}/{kept['id']}").json() == {"document": DOCUMENT}
    assert client.post(f"{ALL}/{kept['id']}/discard", json={}).status_code == 200
    assert client.get(ALL).json() == []
    assert client.post(f"{ALL}/{kept['id']}/recall", json={}).status_code == 200
    assert client.get(ALL).json() == [kept]


def test_an_automatic_version_is_marked_as_one(client: TestClient, home: Path) -> None:
    assert keep(client, automatic=True)["automatic"] is True


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document": DOCUMENT}, 400),
        ({"name": "x"}, 400),
        ({"name": 3, "document": DOCUMENT}, 400),
        ({"name": "x", "document": []}, 400),
        ({"name": " ", "document": DOCUMENT}, 409),
        ({"name": "x", "document": {"format": 999, "networks": {}}}, 422),
        ({"name": "x", "document": {"hello": 1}}, 422),
    ],
)
def test_anything_else_is_refused_with_a_sentence(client: TestClient, home: Path, body: Any, status: int) -> None:
    answer = client.post(ALL, json=body)
    assert (answer.status_code, answer.json()["error"][-1]) == (status, ".")
    assert client.get(ALL).json() == []


def test_what_is_too_large_is_not_read_to_its_end(client: TestClient, home: Path) -> None:
    body = b'{"name": "x", "document": "' + b"a" * version_routes.MOST_SENT + b'"}'
    assert client.post(ALL, content=body).status_code == 413


def test_pages_from_elsewhere_neither_read_nor_keep(client: TestClient, home: Path) -> None:
    strange = {"origin": "https://evil.example"}
    kept = keep(client)
    assert client.get(ALL, headers=strange).status_code == 403
    assert client.get(f"{ALL}/{kept['id']}", headers=strange).status_code == 403
    assert client.post(ALL, json={"name": "x", "document": DOCUMENT}, headers=strange).status_code == 403
    assert client.post(f"{ALL}/{kept['id']}/discard", json={}, headers=strange).status_code == 403


@pytest.mark.parametrize("project", ["..%2fprojects", "A", "%00"])
def test_a_strange_project_has_no_versions(client: TestClient, home: Path, project: str) -> None:
    assert client.get(f"/api/projects/{project}/versions").status_code == 404
