from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear
from ui.try_routes import open_source


def encode(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def draw_one() -> Image.Image:
    """An upright stroke in a corner of a large board, as a hand would draw it."""
    board = Image.new("L", (224, 224), 0)
    ImageDraw.Draw(board).line([(40, 30), (40, 110)], fill=255, width=16)
    return board


@pytest.fixture
def digits(home: Path) -> RunFolder:
    folder = create_run(change_project(read_project("mnist_cnn"), ["run.epochs=3"]))
    assert work(folder).status == "finished"
    return folder


@pytest.fixture
def few_digits(home: Path) -> RunFolder:
    """A run on a handful of pictures that has hardly learned anything, which is soon done."""
    folder = create_run(change_project(read_project("mnist_cnn"), ["run.epochs=1", "data.main.limit=48"]))
    assert work(folder).status == "finished"
    return folder


def test_a_picture_is_taken_by_its_content_alone(client: TestClient, few_digits: RunFolder, tmp_path: Path) -> None:
    file = tmp_path / "secret.png"
    draw_one().save(file)
    for value in (
        str(file),
        [str(file)],
        {"picture": [str(file)]},
        {"picture": None},
        {"path": str(file)},
        5,
        None,
        {},
    ):
        answer = client.post(f"/api/runs/{few_digits.id}/ask", json={"values": {"image": value}})
        assert answer.status_code == 400 and "takes a picture" in answer.json()["error"], value
    taken = client.post(f"/api/runs/{few_digits.id}/ask", json={"values": {"image": {"picture": encode(draw_one())}}})
    assert taken.status_code == 200 and taken.json()["label"] in "0123456789"


def test_a_picture_that_breaks_off_or_is_meant_for_print(client: TestClient, few_digits: RunFolder) -> None:
    whole = base64.b64decode(encode(Image.effect_noise((64, 64), 50)))
    cut = base64.b64encode(whole[: len(whole) // 2]).decode()
    answer = client.post(f"/api/runs/{few_digits.id}/ask", json={"values": {"image": {"picture": cut}}})
    assert answer.status_code == 400 and "cannot be read" in answer.json()["error"]
    buffer = io.BytesIO()
    Image.new("CMYK", (40, 40), (0, 90, 0, 0)).save(buffer, "JPEG")
    print_colours = base64.b64encode(buffer.getvalue()).decode()
    answer = client.post(f"/api/runs/{few_digits.id}/ask", json={"values": {"image": {"picture": print_colours}}})
    assert answer.status_code == 200 and answer.json()["seen"]["image"]


@pytest.mark.parametrize("checkpoint", [["step-1"], {"name": "x"}, 7, True])
def test_a_checkpoint_is_a_name(client: TestClient, finished: RunFolder, checkpoint: object) -> None:
    body = {"values": {"x": {"x": 1}}, "checkpoint": checkpoint}
    answer = client.post(f"/api/runs/{finished.id}/ask", json=body)
    assert answer.status_code == 400 and "by its name" in answer.json()["error"]


def test_five_is_answered_by_ten(client: TestClient, finished: RunFolder) -> None:
    asked = client.get(f"/api/runs/{finished.id}/question").json()["inputs"]
    assert [(item["field"], item["kind"], item["low"], item["high"]) for item in asked] == [
        ("x", asked[0]["kind"], [1.0], [4.0])
    ]
    value = 5 if asked[0]["kind"] == "number" else {asked[0]["columns"][0]: 5}
    answer = client.post(f"/api/runs/{finished.id}/ask", json={"values": {"x": value}}).json()
    assert answer["values"][0] == pytest.approx(10, abs=0.1) and answer["target"] == "y"


def test_a_row_is_answered_with_the_confidence_of_every_class(client: TestClient, home: Path) -> None:
    folder = create_run(iris("run.epochs=2"))
    work(folder)
    asked = client.get(f"/api/runs/{folder.id}/question").json()["inputs"][0]
    assert len(asked["columns"]) == len(asked["low"]) == len(asked["high"]) == 4
    assert all(low < high for low, high in zip(asked["low"], asked["high"], strict=True))
    row = dict(zip(asked["columns"], asked["low"], strict=True))
    answer = client.post(f"/api/runs/{folder.id}/ask", json={"values": {asked["field"]: row}}).json()
    assert sum(answer["confidences"].values()) == pytest.approx(1, abs=1e-4)
    assert answer["label"] == max(answer["confidences"], key=answer["confidences"].get)


def test_an_older_checkpoint_can_be_asked(client: TestClient, finished: RunFolder) -> None:
    checkpoints = client.get(f"/api/runs/{finished.id}/events").json()["checkpoints"]
    body = {"values": {"x": {"x": 1}}, "checkpoint": checkpoints[-1]["name"]}
    assert client.post(f"/api/runs/{finished.id}/ask", json=body).json()["checkpoint"] == checkpoints[-1]["name"]
    gone = client.post(f"/api/runs/{finished.id}/ask", json={**body, "checkpoint": "../../secrets"})
    assert gone.status_code == 409


@pytest.mark.slow
def test_a_drawing_is_brought_into_the_manner_of_the_data_and_answered(client: TestClient, digits: RunFolder) -> None:
    body = {"values": {"image": {"drawing": encode(draw_one())}}}
    answer = client.post(f"/api/runs/{digits.id}/ask", json=body).json()
    seen = Image.open(io.BytesIO(base64.b64decode(answer["seen"]["image"])))
    assert seen.size == (28, 28)
    left, top, right, bottom = seen.getbbox()
    assert bottom - top >= 24 and abs((left + right) / 2 - 14) <= 2
    assert answer["label"] == "1"


@pytest.mark.slow
def test_a_sample_of_the_data_comes_with_its_truth_and_can_be_asked(client: TestClient, digits: RunFolder) -> None:
    right = 0
    for _ in range(12):
        example = client.get(f"/api/runs/{digits.id}/example").json()
        assert example["part"] in ("validation", "test")
        answer = client.post(f"/api/runs/{digits.id}/ask", json={"values": example["values"]}).json()
        right += answer["label"] == example["truth"]
    assert right >= 8


@pytest.mark.slow
def test_a_network_that_makes_pictures_answers_with_one_beside_the_true_one(client: TestClient, home: Path) -> None:
    run = create_run(change_project(read_project("pix2pix"), ["run.max_steps=1", "data.main.limit=60"]))
    assert work(run).status == "finished"
    example = client.get(f"/api/runs/{run.id}/example").json()
    answer = client.post(f"/api/runs/{run.id}/ask", json={"values": example["values"]}).json()
    for told in (answer["picture"], example["truth"]["picture"]):
        assert Image.open(io.BytesIO(base64.b64decode(told))).size == (32, 32)
    assert answer["values"] == [] and answer["label"] is None


@pytest.mark.slow
def test_a_mask_comes_over_the_picture_with_colours_and_the_true_one_beside_it(client: TestClient, home: Path) -> None:
    run = create_run(change_project(read_project("unet_masks"), ["run.max_steps=1", "data.main.limit=40"]))
    assert work(run).status == "finished"
    assert client.get(f"/api/runs/{run.id}/question").json()["meaning"] == "mask"
    example = client.get(f"/api/runs/{run.id}/example").json()
    body = {"values": example["values"], "truth": example["truth"]}
    found = client.post(f"/api/runs/{run.id}/ask", json=body).json()["mask"]
    for name in ("mask", "overlay", "truth"):
        assert Image.open(io.BytesIO(base64.b64decode(found[name]))).size == (48, 48)
    assert [one["name"] for one in found["classes"]] == ["ground", "digit"] and 0 <= found["overlap"] <= 1
    alone = client.post(f"/api/runs/{run.id}/ask", json={"values": example["values"]}).json()["mask"]
    assert alone["truth"] is None and alone["overlap"] is None
    wrong = client.post(f"/api/runs/{run.id}/ask", json={**body, "truth": "../../secrets"})
    assert wrong.status_code == 400


@pytest.mark.parametrize(
    "values",
    [{}, None, {"x": "many"}, {"x": {"drawing": "no base64!"}}, {"x": {"picture": "aGVsbG8="}}, {"x": {}}, {"y": 1}],
)
def test_what_does_not_fit_gets_a_sentence(client: TestClient, finished: RunFolder, values: object) -> None:
    answer = client.post(f"/api/runs/{finished.id}/ask", json={"values": values})
    assert answer.status_code in (400, 409) and len(answer.json()["error"]) > 10


@pytest.mark.slow
def test_an_empty_board_gets_no_answer(client: TestClient, digits: RunFolder) -> None:
    board = encode(Image.new("L", (224, 224), 0))
    answer = client.post(f"/api/runs/{digits.id}/ask", json={"values": {"image": {"drawing": board}}})
    assert answer.status_code == 400 and "nothing drawn" in answer.json()["error"]


def test_a_run_without_a_checkpoint_says_what_to_wait_for(client: TestClient, home: Path) -> None:
    folder = create_run(linear())
    answer = client.post(f"/api/runs/{folder.id}/ask", json={"values": {"x": {"x": 1}}})
    assert answer.status_code == 409 and "checkpoint" in answer.json()["error"]


def train_preset(name: str, *changes: str) -> RunFolder:
    folder = create_run(change_project(read_project(name), list(changes)))
    assert work(folder).status == "finished"
    return folder


def test_a_series_is_asked_about_with_its_last_rows_and_answers_with_the_next(client: TestClient, home: Path) -> None:
    folder = train_preset("lstm_forecast", "run.epochs=1", "run.max_steps=2")
    (asked,) = client.get(f"/api/runs/{folder.id}/question").json()["inputs"]
    assert (asked["steps"], asked["columns"], asked["open"]) == (52, ["co2"], False)
    assert len(asked["low"]) == 1 and 310 < asked["low"][0] < asked["high"][0] < 370
    values = client.get(f"/api/runs/{folder.id}/example").json()["values"]
    assert len(values["co2"]) == 52
    before = client.post(f"/api/runs/{folder.id}/ask", json={"values": values}).json()["values"]
    values["co2"][-1]["co2"] += 10
    after = client.post(f"/api/runs/{folder.id}/ask", json={"values": values}).json()["values"]
    assert len(before) == len(after) == 12
    assert all(high > low + 5 for low, high in zip(before, after, strict=True))


def test_a_category_that_is_left_open_is_answered_by_its_highest_values(client: TestClient, home: Path) -> None:
    folder = train_preset("recommender", "run.epochs=2")
    user, item = client.get(f"/api/runs/{folder.id}/question").json()["inputs"]
    assert user["open"] and item["open"]
    answer = client.post(f"/api/runs/{folder.id}/ask", json={"values": {"user": "7", "item": None}}).json()
    assert answer["field"] == "item" and len(answer["ranked"]) == 10
    scores = [score for _, score in answer["ranked"]]
    assert scores == sorted(scores, reverse=True)
    for name, score in answer["ranked"][:3]:
        alone = client.post(f"/api/runs/{folder.id}/ask", json={"values": {"user": "7", "item": name}}).json()
        assert alone["values"] == [pytest.approx(score, abs=1e-4)]
    train = open_source(folder.id, "main").parts["train"]
    seen = {item["classes"][number] for number in train["item"][train["user"] == user["classes"].index("7")].tolist()}
    assert seen and not seen & {name for name, _ in answer["ranked"]}
    wrong = client.post(f"/api/runs/{folder.id}/ask", json={"values": {"user": None, "item": None}})
    assert wrong.status_code == 400


def test_numbers_and_categories_are_asked_together(client: TestClient, home: Path) -> None:
    folder = train_preset("tabular_embeddings", "run.epochs=1")
    asked = {each["field"]: each for each in client.get(f"/api/runs/{folder.id}/question").json()["inputs"]}
    assert asked["numbers"]["columns"] and asked["home"]["classes"] and asked["home"]["open"]
    assert len(asked["numbers"]["low"]) == len(asked["numbers"]["columns"])
    values = client.get(f"/api/runs/{folder.id}/example").json()["values"]
    alone = client.post(f"/api/runs/{folder.id}/ask", json={"values": values}).json()["values"]
    ranked = client.post(f"/api/runs/{folder.id}/ask", json={"values": {**values, "home": None}}).json()["ranked"]
    assert dict(ranked)[values["home"]] == pytest.approx(alone[0], abs=1e-2)
    assert len(ranked) == len(asked["home"]["classes"])
