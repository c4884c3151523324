"""Looks and repairs over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.events import Diagnosis
from runtime.runs.folder import RunFolder, create_run
from tests.runtime.runs.made import linear
from ui.projects import create_project, load_project, save_project
from ui.training.start import mark_origin
from ui.versions import list_versions

KEY = "D001 networks.model fc"


def make_sick(id: str | None, rate: float = 0.001) -> RunFolder:
    """A run whose doctor proposes another learning rate."""
    project = linear()
    folder = create_run(mark_origin(project, id) if id else project)
    edit = {"op": "set_param", "graph": "training", "id": "sgd", "name": "lr", "value": rate}
    repairs = [{"title": "Set lr", "edits": [edit]}]
    with folder.writer() as writer:
        writer.write(Diagnosis(4, KEY, {"code": "D001", "severity": "warning", "message": "Sick.", "repairs": repairs}))
    return folder


def test_looks_are_listed_and_read_with_their_histograms(client: TestClient, finished: RunFolder) -> None:
    steps = client.get(f"/api/runs/{finished.id}/looks").json()
    assert steps and steps == sorted(steps)
    look = client.get(f"/api/runs/{finished.id}/looks/{steps[0]}").json()
    (node,) = [node for node in look["nodes"] if "weights" in node]
    assert {"norm", "update", "histogram"} <= set(node["weights"]) and node["graph"] == "networks.model"
    assert client.get(f"/api/runs/{finished.id}/looks/999999").status_code == 404


def test_a_repair_is_one_change_of_the_project_and_what_was_before_it_is_kept(client: TestClient, home: Path) -> None:
    stored = create_project(linear())
    folder = make_sick(stored.id)
    address = f"/api/runs/{folder.id}/repair"
    answer = client.post(address, json={"key": KEY, "repair": "Set lr"})
    assert answer.status_code == 200 and answer.json()["revision"] == stored.revision + 1
    changed = load_project(stored.id)
    assert changed is not None and changed.project.training.node("sgd").params["lr"] == 0.001
    assert [version.name for version in list_versions(stored.id)] == ["Before: Set lr"]
    again = client.post(address, json={"key": KEY, "repair": "Set lr"}).json()
    assert again["revision"] == stored.revision + 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"key": KEY, "repair": "Another"}, 404),
        ({"key": "D009", "repair": "Set lr"}, 404),
        ({"key": KEY}, 400),
        ({}, 400),
    ],
)
def test_what_the_doctor_did_not_say_is_refused(
    client: TestClient, home: Path, body: dict[str, object], status: int
) -> None:
    folder = make_sick(create_project(linear()).id)
    answer = client.post(f"/api/runs/{folder.id}/repair", json=body)
    assert answer.status_code == status and answer.json()["error"].endswith(".")


def test_a_repair_that_no_longer_fits_and_a_run_without_a_project_are_told_in_a_sentence(
    client: TestClient, home: Path
) -> None:
    stored = create_project(linear())
    folder = make_sick(stored.id)
    bare = stored.project.model_copy(update={"training": type(stored.project.training)()})
    save_project(stored.id, bare, stored.revision, stored.revision + 1)
    answer = client.post(f"/api/runs/{folder.id}/repair", json={"key": KEY, "repair": "Set lr"})
    assert answer.status_code == 409 and "does not fit it" in answer.json()["error"]
    answer = client.post(f"/api/runs/{make_sick(None).id}/repair", json={"key": KEY, "repair": "Set lr"})
    assert answer.status_code == 409 and "Open project" in answer.json()["error"]
