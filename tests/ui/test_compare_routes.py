"""What is asked of runs beside each other, over HTTP."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from runtime.runs.compared import MOST
from runtime.runs.folder import RunFolder, create_run
from tests.runtime.runs.made import linear, point


def make(values: int, status: str = "stopped", split: str = "train") -> RunFolder:
    folder = create_run(linear(epochs=5))
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step in range(1, values + 1):
            writer.write(point(step, 1 / step, split=split))
        writer.write_status(status)
    return folder


def ask(client: TestClient, runs: dict[str, str], split: str = "train") -> dict[str, dict]:
    answer = client.post("/api/compare/curves", json={"runs": runs, "split": split})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_each_run_tells_its_curves_and_then_only_what_is_new(client: TestClient, home: Path) -> None:
    one, two = make(10), make(20, split="validation")
    first = ask(client, {one.id: "", two.id: ""})
    assert first[one.id]["series"][0]["steps"] == list(range(1, 11)) and first[two.id]["series"] == []
    assert first[two.id]["measured"] == {"validation": ["loss"]} and first[one.id]["status"] == "stopped"
    again = ask(client, {run: news["cursor"] for run, news in first.items()})
    assert again[one.id]["series"] == []
    with one.lock(), one.writer() as writer:
        writer.write(point(11, 0.5))
    assert ask(client, {one.id: first[one.id]["cursor"]})[one.id]["series"][0]["steps"] == [11]


def test_many_long_runs_share_the_points_of_one_answer_and_keep_their_extremes(client: TestClient, home: Path) -> None:
    folders = [make(6000) for _ in range(8)]
    answer = client.post("/api/compare/curves", json={"runs": {one.id: "" for one in folders}, "split": "train"})
    assert len(answer.content) < 200_000
    for news in answer.json().values():
        (series,) = news["series"]
        assert len(series["steps"]) < 800 and (series["steps"][0], series["steps"][-1]) == (1, 6000)


def test_one_run_that_is_gone_does_not_hide_the_others(client: TestClient, home: Path) -> None:
    one = make(3)
    answers = ask(client, {one.id: "", "20260101-000000-gone-0000": "", "../../etc": ""})
    assert "series" in answers[one.id]
    assert all("There is no run" in answers[run]["error"] for run in answers if run != one.id)


@pytest.mark.parametrize(
    "body",
    [{}, {"runs": [], "split": "train"}, {"runs": {"a": 1}, "split": "train"}, {"runs": {}, "split": "all"}],
)
def test_what_is_no_question_is_told(client: TestClient, home: Path, body: dict) -> None:
    assert client.post("/api/compare/curves", json=body).status_code == 400


def test_too_many_runs_are_refused(client: TestClient, home: Path) -> None:
    runs = {f"20260101-000000-gone-{number:04x}": "" for number in range(MOST + 1)}
    assert client.post("/api/compare/curves", json={"runs": runs, "split": "train"}).status_code == 413
    assert client.get(f"/api/compare/metrics.csv?runs={','.join(runs)}").status_code == 413


def test_a_group_has_a_mean_and_an_interval(client: TestClient, home: Path) -> None:
    ids = [make(5).id, make(5).id]
    answer = client.post("/api/compare/bands", json={"groups": {"g": ids, "h": ["nothing"]}, "split": "train"}).json()
    (band,) = answer["g"]["bands"]
    assert band["name"] == "loss" and band["means"][0] == 1 and band["halves"][0] == 0 and "error" in answer["h"]


def test_the_numbers_of_several_runs_leave_in_one_table(client: TestClient, home: Path) -> None:
    one, two = make(3), make(4)
    answer = client.get(f"/api/compare/metrics.csv?runs={one.id},{two.id}")
    assert answer.headers["content-disposition"].endswith('filename="comparison.csv"')
    assert pd.read_csv(io.BytesIO(answer.content))["run"].value_counts().to_dict() == {one.id: 3, two.id: 4}
    assert client.get("/api/compare/metrics.csv?runs=20260101-000000-gone-0000").status_code == 404


def test_the_project_of_a_run_is_told_and_no_other_file(client: TestClient, home: Path) -> None:
    one = make(1)
    document = client.get(f"/api/runs/{one.id}/project").json()["document"]
    assert document == json.loads(one.read_project().model_dump_json())
    assert client.get("/api/runs/..%2F..%2Fetc/project").status_code == 404
