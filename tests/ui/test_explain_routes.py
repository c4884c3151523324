"""What a page gets that asks what a network sees, and what it is most wrong about."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from runtime.data.prepare import prepare_source
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris


def train(preset: str, *changes: str) -> RunFolder:
    folder = create_run(change_project(read_project(preset), list(changes)))
    assert work(folder).status == "finished"
    return folder


@pytest.fixture(scope="module")
def trained_at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a run on a handful of digits."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LAYERLOOM_HOME", str(home))
        train("mnist_cnn", "run.epochs=1", "data.main.limit=48")
    return home


@pytest.fixture
def digits(trained_at: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("LAYERLOOM_HOME", str(trained_at))
    (path,) = (trained_at / "runs").glob("2*")
    return RunFolder(path)


def test_what_is_drawn_and_what_lies_in_the_data_are_explained_alike(client: TestClient, digits: RunFolder) -> None:
    asked = client.get(f"/api/runs/{digits.id}/question").json()
    assert asked["explained"] == "occlusion" and asked["chooses"] is True
    found = client.post(f"/api/runs/{digits.id}/mistakes", json={}).json()
    payload = found["payload"]
    count = len(found["indices"])
    assert payload["type"] == "image_grid" and payload["images"]["shape"] == [count, 28, 28, 1]
    assert len(payload["truth"]) == len(payload["predicted"]) == len(payload["confidence"]) == count <= found["size"]
    wish = {"sample": {"part": found["part"], "index": found["indices"][0]}}
    for method in ("grad_cam", "integrated_gradients", "occlusion"):
        told = client.post(f"/api/runs/{digits.id}/explain", json={**wish, "method": method}).json()
        assert told["predicted"] == told["label"] == payload["predicted"][0]
        assert len(base64.b64decode(told["heat"])) == len(base64.b64decode(told["picture"]["data"])) == 28 * 28
        assert told["maps"] and bool(told["node"]) == (method == "grad_cam")
    assert told["picture"]["data"] == encode_first(payload)


def encode_first(payload: dict) -> str:
    return base64.b64encode(base64.b64decode(payload["images"]["data"])[: 28 * 28]).decode()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"method": "magic"}, "no way to explain"),
        ({"method": 7}, "by its name"),
        ({"label": ["3"]}, "by its name"),
        ({"label": "elephant"}, "none of the answers"),
        ({"method": "grad_cam", "node": "scores"}, "no node with a map"),
        ({"checkpoint": "../../secrets"}, "no checkpoint"),
        *(({"sample": sample}, "no such sample") for sample in (
            5, [], {}, {"part": "validation"}, {"part": "validation", "index": 10**9}, {"part": "validation", "index": -1},
            {"part": "validation", "index": True}, {"part": "validation", "index": 0.5}, {"part": ["validation"], "index": 0},
            {"part": "secrets", "index": 0})),
        ({"sample": None}, "the network needs: image"),
        ({"sample": None, "values": {"image": "/etc/hostname"}}, "takes a picture"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence(client: TestClient, digits: RunFolder, wish: dict, sentence: str) -> None:
    body = {"sample": {"part": "validation", "index": 0}, "method": "occlusion", **wish}
    answer = client.post(f"/api/runs/{digits.id}/explain", json=body)
    assert answer.status_code in (400, 409) and sentence in answer.json()["error"]


def test_of_rows_all_cells_are_told_and_there_is_nothing_to_explain(client: TestClient, home: Path) -> None:
    folder = create_run(iris("run.epochs=1"))
    assert work(folder).status == "finished"
    asked = client.get(f"/api/runs/{folder.id}/question").json()
    assert asked["explained"] is None and asked["chooses"] is True
    payload = client.post(f"/api/runs/{folder.id}/mistakes", json={}).json()["payload"]
    assert payload["type"] == "table" and payload["columns"][:3] == ["predicted", "true", "sure"]
    assert all(len(row) == len(payload["columns"]) == 7 for row in payload["rows"])
    assert payload["wrong"] == [row[0] != row[1] for row in payload["rows"]]
    refused = client.post(f"/api/runs/{folder.id}/explain", json={"values": {"features": {}}, "method": "occlusion"})
    assert refused.status_code in (400, 409) and len(refused.json()["error"]) > 10


def test_of_texts_the_words_are_told(client: TestClient, home: Path) -> None:
    folder = train("text_cnn", "run.max_steps=2")
    payload = client.post(f"/api/runs/{folder.id}/mistakes", json={}).json()["payload"]
    assert payload["type"] == "texts" and len(payload["texts"]) == len(payload["truth"])
    assert all(len(words) == 1 and words[0] for words in payload["texts"])


def test_of_masks_those_that_fit_worst_come_below_their_pictures_and_there_is_nothing_to_explain(
    client: TestClient, home: Path
) -> None:
    folder = train("unet_masks", "run.max_steps=2", "data.main.limit=60")
    asked = client.get(f"/api/runs/{folder.id}/question").json()
    assert (asked["meaning"], asked["explained"], asked["chooses"]) == ("mask", None, False)
    found = client.post(f"/api/runs/{folder.id}/mistakes", json={}).json()
    payload, count = found["payload"], len(found["indices"])
    assert payload["rows"] == ["picture", "found", "true"] and count == min(12, found["samples"])
    assert payload["legend"] == [{"name": "ground", "colour": None}, {"name": "digit", "colour": "#ff3399"}]
    assert found["ignored"] == []
    assert payload["captions"] == sorted(payload["captions"]) and payload["captions"][0].startswith("IoU 0.")
    assert 0 <= float(payload["captions"][0][4:]) <= found["overlap"] < 1
    source = prepare_source(folder.read_project().data["main"])
    picture = np.asarray(source.raw(found["part"], found["indices"][0])["image"])
    columns = np.frombuffer(base64.b64decode(payload["images"]["data"]), np.uint8).reshape(payload["images"]["shape"])
    height, width, _ = picture.shape
    assert len(columns) == count and np.array_equal(columns[0, :height], picture)
    ink = np.asarray(source.raw(found["part"], found["indices"][0])["mask"]) > 0
    true = columns[0, -height:]
    assert (
        columns.shape[2] == width and np.array_equal(true[~ink], picture[~ink]) and (true != picture).any(2)[ink].all()
    )
    sample = {"part": found["part"], "index": found["indices"][0]}
    refused = client.post(f"/api/runs/{folder.id}/explain", json={"sample": sample, "method": "occlusion"})
    assert refused.status_code == 409 and len(refused.json()["error"]) > 10


def test_a_network_that_says_numbers_offers_neither(client: TestClient, finished: RunFolder) -> None:
    asked = client.get(f"/api/runs/{finished.id}/question").json()
    assert asked["explained"] is None and asked["chooses"] is False
    refused = client.post(f"/api/runs/{finished.id}/mistakes", json={})
    assert refused.status_code == 409 and "chooses one class" in refused.json()["error"]


def test_samples_lie_on_a_map_in_the_colours_of_their_classes(client: TestClient, digits: RunFolder) -> None:
    found = client.post(f"/api/runs/{digits.id}/map", json={}).json()
    groups = found["figure"]["data"]
    assert len({group["name"] for group in groups}) == len(groups) > 2
    assert len({group["marker"]["color"] for group in groups}) == len(groups)
    count = sum(len(group["x"]) for group in groups)
    assert found["told"].startswith(f"{count} validation samples") and "flatten1" in found["told"]


def test_without_classes_there_is_no_map(client: TestClient, finished: RunFolder) -> None:
    refused = client.post(f"/api/runs/{finished.id}/map", json={})
    assert refused.status_code == 409 and "does not choose one" in refused.json()["error"]
