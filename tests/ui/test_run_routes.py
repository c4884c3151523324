from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.runs.divergence import has_diverged
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear
from ui.run_routes import PLOTLY_ADDRESS


def test_all_that_happened_comes_first_and_then_only_what_is_new(client: TestClient, finished: RunFolder) -> None:
    first = client.get(f"/api/runs/{finished.id}/events").json()
    loss = next(piece for piece in first["series"] if piece["name"] == "loss" and piece["split"] == "train")
    assert loss["steps"][-1] == 2000 and first["status"] == "finished" and first["ended"]["status"] == "finished"
    again = client.get(f"/api/runs/{finished.id}/events", params={"since": first["cursor"]}).json()
    assert again["series"] == [] and again["samples"] == [] and again["cursor"] == first["cursor"]


@pytest.mark.parametrize(
    ("executor", "words"), [("process", "loading PyTorch in a process of its own"), ("thread", "inside the server")]
)
def test_a_run_that_waits_says_for_what(client: TestClient, home: Path, executor: str, words: str) -> None:
    folder = create_run(linear(executor=executor))
    with folder.lock():
        news = client.get(f"/api/runs/{folder.id}/events").json()
    assert (news["status"], news["phase"], news["detail"]) == ("queued", "starting", words)


def test_a_run_that_diverged_is_known_by_its_end(home: Path) -> None:
    lost = create_run(change_project(linear(epochs=50), ["training.sgd.lr=1e30"]))
    assert work(lost).status == "failed" and has_diverged(lost)
    other = create_run(linear(epochs=5))
    assert work(other).status == "finished" and not has_diverged(other)
    assert not has_diverged(create_run(linear(epochs=5)))


def test_plots_come_with_their_figure(client: TestClient, finished: RunFolder) -> None:
    samples = client.get(f"/api/runs/{finished.id}/events").json()["samples"]
    assert samples[0]["payload"]["type"] == "scatter"
    assert samples[0]["figure"]["layout"]["xaxis"]["title"]["text"].startswith("true")


def test_a_confusion_matrix_bears_the_names_of_its_classes(client: TestClient, home: Path) -> None:
    folder = create_run(iris("run.epochs=1"))
    work(folder)
    tables = client.get(f"/api/runs/{folder.id}/events").json()["tables"]
    assert tables[0]["figure"]["data"][0]["x"] == ["setosa", "versicolor", "virginica"]


def test_a_run_of_a_newer_format_is_still_drawn(client: TestClient, finished: RunFolder) -> None:
    content = json.loads((finished.path / "project.json").read_text())
    (finished.path / "project.json").write_text(json.dumps({**content, "format": 7, "data": ["of another kind"]}))
    assert client.get(f"/api/runs/{finished.id}/events").json()["series"]
    answer = client.get(f"/api/runs/{finished.id}/question")
    assert answer.status_code == 409 and "format 7" in answer.json()["error"]


def test_one_can_look_back_at_every_sample(client: TestClient, finished: RunFolder) -> None:
    kept = client.get(f"/api/runs/{finished.id}/samples").json()
    assert kept and {"id", "node", "step"} == set(kept[0])
    seen = client.get(f"/api/runs/{finished.id}/samples/{kept[0]['id']}").json()
    assert seen["payload"]["type"] == "scatter" and seen["figure"]
    assert client.get(f"/api/runs/{finished.id}/samples/999999").status_code == 404


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "..%2fprojects", "20260101-000000-none-0000", "a" * 300, "%00", "runs%5c..", "."]
)
def test_what_is_no_run_is_refused(client: TestClient, finished: RunFolder, name: str) -> None:
    (finished.path.parent / "project.json").write_text("{}")
    assert client.get(f"/api/runs/{name}/events").status_code == 404


def test_a_link_out_of_the_runs_folder_is_no_run(client: TestClient, finished: RunFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    finished.path.rename(elsewhere)
    finished.path.symlink_to(elsewhere)
    assert client.get(f"/api/runs/{finished.id}/events").status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"host": "127.0.0.1.evil.example"},
    ],
)
def test_pages_from_elsewhere_get_no_answer(client: TestClient, finished: RunFolder, headers: dict[str, str]) -> None:
    for answer in (
        client.get(f"/api/runs/{finished.id}/events", headers=headers),
        client.post(f"/api/runs/{finished.id}/control", json={"action": "stop"}, headers=headers),
        client.get("/api/runs", headers=headers),
    ):
        assert answer.status_code == 403 and "this computer" in answer.json()["error"]


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_every_name_of_this_computer_is_answered(client: TestClient, finished: RunFolder, host: str) -> None:
    headers = {"host": host, "origin": f"http://{host}"}
    assert client.get(f"/api/runs/{finished.id}/events", headers=headers).status_code == 200


def test_a_run_that_has_finished_cannot_be_steered_and_says_so(client: TestClient, finished: RunFolder) -> None:
    for action in ("pause", "stop", "resume", "explode"):
        answer = client.post(f"/api/runs/{finished.id}/control", json={"action": action})
        assert answer.status_code == 409 and answer.json()["error"].endswith(".")


def test_a_second_click_on_resume_is_answered_at_once(client: TestClient, home: Path) -> None:
    folder = create_run(linear())
    with folder.lock():
        started = time.monotonic()
        answer = client.post(f"/api/runs/{folder.id}/control", json={"action": "resume"})
    assert answer.status_code == 409 and "already being worked on" in answer.json()["error"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("content", "status"), [(b"not json", 400), (b"[1]", 400), (b"x" * 5000, 413)])
def test_what_is_no_request_is_refused(client: TestClient, finished: RunFolder, content: bytes, status: int) -> None:
    assert client.post(f"/api/runs/{finished.id}/control", content=content).status_code == status


def test_runs_that_train_now_are_listed_with_their_progress(client: TestClient, finished: RunFolder) -> None:
    assert client.get("/api/runs").json() == []
    begun = create_run(linear(epochs=5))
    (told,) = client.get("/api/runs").json()
    assert (told["id"], told["phase"]) == (begun.id, "waiting")
    with begun.lock(), begun.writer() as writer:
        writer.write_status("running")
        (told,) = client.get("/api/runs").json()
    assert (told["id"], told["phase"]) == (begun.id, "running")


def test_plotly_comes_from_its_own_wheel_and_is_kept_by_the_browser(client: TestClient) -> None:
    answer = client.get(PLOTLY_ADDRESS)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert b"plotly.js" in answer.content[:200]
