"""Routes through which the canvas looks into runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import linear
from ui.training.start import mark_origin


def test_a_film_tells_every_look_of_every_node_and_the_loss(client: TestClient, finished: RunFolder) -> None:
    film = client.get(f"/api/runs/{finished.id}/film").json()
    assert film["status"] == "finished" and film["progress"]["step"] == film["progress"]["steps"] == 2000
    [layer] = [place for place in film["places"] if place["kind"] == "Linear"]
    assert (layer["network"], layer["graph"], layer["trail"]) == ("model", "networks.model", [])
    at = film["places"].index(layer)
    steps = [look["step"] for look in film["looks"]]
    assert steps == sorted(steps) and steps[0] == 1
    row = next(row for row in film["looks"][0]["values"] if row[0] == at)
    assert len(row) == 8 and row[1] > 0 and row[2] > 0 and row[3] is None and row[-1] is False
    assert film["limits"] == {"silent": 0.6, "large": 0.1, "small": 1e-6, "proven": 100}
    assert film["loss"]["steps"][-1] == 2000 and film["loss"]["values"][0] > film["loss"]["values"][-1]
    assert {sample["node"] for sample in film["samples"]} and film["checkpoints"][-1]["step"] == 2000


def test_what_was_seen_is_not_told_again(client: TestClient, finished: RunFolder) -> None:
    film = client.get(f"/api/runs/{finished.id}/film").json()
    again = client.get(f"/api/runs/{finished.id}/film", params={"since": film["last"]}).json()
    assert again["looks"] == again["places"] == [] and again["last"] == film["last"]
    assert again["loss"]["steps"] == [2000]


@pytest.mark.parametrize("since", ["-1", "x", "9" * 16])
def test_the_number_of_a_look_is_a_number(client: TestClient, finished: RunFolder, since: str) -> None:
    assert client.get(f"/api/runs/{finished.id}/film", params={"since": since}).status_code == 400


def test_what_is_no_number_is_told_as_such(client: TestClient, finished: RunFolder) -> None:
    with closing(sqlite3.connect(finished.database)) as connection, connection:
        connection.execute("UPDATE looks SET light = replace(light, '\"faulty\":false', '\"faulty\":true')")
        connection.execute("""UPDATE looks SET light = replace(light, '"norm":', '"norm":NaN,"was":')""")
    rows = client.get(f"/api/runs/{finished.id}/film").json()["looks"][0]["values"]
    assert all(row[2] is None and row[-1] is True for row in rows)


def test_a_nodes_histograms_come_for_every_look(client: TestClient, finished: RunFolder) -> None:
    film = client.get(f"/api/runs/{finished.id}/film").json()
    layer = next(place for place in film["places"] if place["kind"] == "Linear")
    asked = {name: layer[name] for name in ("network", "name")}
    spreads = client.get(f"/api/runs/{finished.id}/spreads", params=asked).json()
    assert [spread["step"] for spread in spreads] == [look["step"] for look in film["looks"]]
    assert (
        sum(spreads[0]["output"]["histogram"]["counts"]) > 0 and "weights" in spreads[0] and "gradients" in spreads[0]
    )
    assert client.get(f"/api/runs/{finished.id}/spreads", params={**asked, "name": "other"}).json() == []


def test_a_run_of_an_earlier_version_has_a_film_without_looks(client: TestClient, finished: RunFolder) -> None:
    with closing(sqlite3.connect(finished.database)) as connection, connection:
        connection.execute("DROP TABLE looks")
        connection.execute("DROP TABLE diagnoses")
    film = client.get(f"/api/runs/{finished.id}/film").json()
    assert film["looks"] == film["places"] == film["diagnoses"] == [] and film["samples"]
    assert client.get(f"/api/runs/{finished.id}/spreads").json() == []


def test_the_graph_that_was_trained_is_analysed(client: TestClient, finished: RunFolder) -> None:
    analysis = client.get(f"/api/runs/{finished.id}/analysis").json()["analysis"]
    assert analysis["graphs"]["networks.model"]["parameters"] == 2


def test_a_project_lists_its_own_runs_the_newest_first(client: TestClient, home: Path) -> None:
    first, second = (create_run(mark_origin(linear(epochs=5), "mine")) for _ in range(2))
    create_run(mark_origin(linear(epochs=5), "other"))
    work(first)
    rows = client.get("/api/projects/mine/runs").json()
    assert [(row["id"], row["status"]) for row in rows] == [(second.id, "queued"), (first.id, "finished")]
    assert rows[1]["step"] == 5
