from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.runs.folder import create_run
from tests.runtime.runs.made import linear
from ui.training.start import find_current, find_latest, mark_origin


@pytest.fixture
def waiting(home: Path) -> list[str]:
    """Three runs that wait."""
    return [create_run(linear(epochs=5), name=name).id for name in "abc"]


def list_ids(answer: object) -> list[str]:
    """The ids of the runs in an answer."""
    return [run["id"] for run in answer]  # type: ignore[attr-defined]


def test_the_queue_is_told_in_its_order_with_the_turn_of_each(client: TestClient, waiting: list[str]) -> None:
    told = client.get("/api/queue").json()
    assert list_ids(told) == waiting and [run["name"] for run in told] == ["a", "b", "c"]
    assert [run["turn"].partition(" for ")[0] for run in told] == ["Next in line", "2nd in line", "3rd in line"]


def test_a_run_is_moved_and_the_answer_is_the_queue_as_it_is_then(client: TestClient, waiting: list[str]) -> None:
    a, b, c = waiting
    assert list_ids(client.post("/api/queue", json={"run": c, "to": "first"}).json()) == [c, a, b]
    assert list_ids(client.post("/api/queue", json={"run": c, "to": 1}).json()) == [a, c, b]
    assert list_ids(client.get("/api/queue").json()) == [a, c, b]


@pytest.mark.parametrize("to", ["sideways", None, [1], {"a": 1}, True, 1.5])
def test_what_is_no_place_is_refused_and_changes_nothing(client: TestClient, waiting: list[str], to: object) -> None:
    answer = client.post("/api/queue", json={"run": waiting[2], "to": to})
    assert answer.status_code == 409 and "no place in the queue" in answer.json()["error"]
    assert list_ids(client.get("/api/queue").json()) == waiting


@pytest.mark.parametrize("run", ["../x", "", None, "20260101-000000-none-0000", 3])
def test_what_is_no_run_is_not_moved(client: TestClient, waiting: list[str], run: object) -> None:
    assert client.post("/api/queue", json={"run": run, "to": "first"}).status_code == 404


def test_a_projects_own_page_shows_what_trains_before_what_waits_and_that_before_what_has_ended(home: Path) -> None:
    def make(status: str = "") -> str:
        folder = create_run(mark_origin(linear(epochs=5), "mine"))
        if status:
            with folder.lock(), folder.writer() as writer:
                writer.write_status(status)  # type: ignore[arg-type]
        return folder.id

    assert find_current("mine") is None
    for status in ("finished", "", ""):
        make(status)
    ended, first, last = sorted(path.name for path in (home / "runs").iterdir() if path.name[0] == "2")
    current, latest = find_current("mine"), find_latest("mine")
    assert current is not None and latest is not None and (current.id, latest.id) == (first, last)
    with current.lock(), current.writer() as writer:
        writer.write_status("running")
        shown = find_current("mine")
        assert shown is not None and shown.id == current.id
    assert ended not in (first, last)
