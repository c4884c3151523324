"""A run explains what it says about a picture, and tells what it is most wrong about."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image

from runtime.data.prepare import prepare_source
from runtime.events import CheckpointDue
from runtime.insight import explaining, mistakes, turns
from runtime.insight.explaining import METHODS, Explanation, explain
from runtime.insight.mistakes import find_mistakes
from runtime.insight.trying import ask
from runtime.runs.checkpoint import load_last, save_checkpoint
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris


def train_some(preset: str, *changes: str) -> RunFolder:
    folder = create_run(change_project(read_project(preset), list(changes)))
    assert work(folder).status == "finished"
    return folder


@pytest.fixture(scope="module")
def digits(home: Path) -> RunFolder:
    """A network with convolutions that has seen a few digits."""
    return train_some("mnist_cnn", "run.epochs=1", "data.main.limit=200")


@pytest.fixture(scope="module")
def flat(home: Path) -> RunFolder:
    """A network without any."""
    return train_some("mnist_mlp", "run.epochs=1", "data.main.limit=100")


@pytest.fixture(scope="module")
def flowers(home: Path) -> RunFolder:
    return create_trained(iris("run.epochs=3"))


def create_trained(project) -> RunFolder:
    folder = create_run(project)
    assert work(folder).status == "finished"
    return folder


def take_digit(folder: RunFolder) -> Image.Image:
    picture = prepare_source(folder.read_project().data["main"]).raw("validation", 0)["image"]
    assert isinstance(picture, Image.Image)
    return picture


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_what_the_network_says(digits: RunFolder, method: str) -> None:
    picture = take_digit(digits)
    found, answer = explain(digits, picture, method), ask(digits, picture)
    assert isinstance(found, Explanation)
    assert found.label == found.predicted == answer.label and found.step == answer.step
    assert found.heat.shape == found.pixels.shape[1:] and found.heat.isfinite().all()
    assert found.heat.any() or method == "grad_cam"  # channels that speak for it are rare after a few steps
    assert dict(zip(found.names, found.confidences, strict=True)) == pytest.approx(answer.confidences, abs=1e-6)
    assert found.label in found.shows and found.hides


def test_another_class_has_another_explanation_and_the_same_one_comes_again(digits: RunFolder) -> None:
    picture = take_digit(digits)
    one, other, again = (explain(digits, picture, "occlusion", label) for label in ("1", "8", "1"))
    assert (one.label, other.label) == ("1", "8") and one.predicted == other.predicted
    assert torch.equal(one.heat, again.heat) and not torch.equal(one.heat, other.heat)


def test_the_maps_of_any_node_can_be_shown(digits: RunFolder) -> None:
    picture = take_digit(digits)
    last = explain(digits, picture, "grad_cam")
    assert last.node == last.maps[-1].key and len(last.maps) > 1
    first = explain(digits, picture, "grad_cam", node=last.maps[0].key)
    assert first.node == last.maps[0].key and not torch.equal(first.heat, last.heat)


def test_no_random_number_and_no_gradient_of_a_run_beside_is_touched(digits: RunFolder) -> None:
    picture, before = take_digit(digits), torch.get_rng_state()
    with torch.no_grad():
        for method in METHODS:
            explain(digits, picture, method)
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), before)
    ready = explaining.SHELF.take(digits, None)
    assert all(parameter.grad is None for parameter in ready.network.parameters())
    assert ready.network is not mistakes.SHELF.take(digits, None).network


def test_one_explanation_is_computed_after_the_other(digits: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = take_digit(digits)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0.01)
    with explaining.TURNS.take(), pytest.raises(RunError, match="for somebody else"):
        explain(digits, picture, "occlusion")
    assert explain(digits, picture, "occlusion").label


def test_without_a_convolution_there_are_no_maps_but_everything_else(flat: RunFolder) -> None:
    picture = take_digit(flat)
    with pytest.raises(RunError, match="no convolution"):
        explain(flat, picture, "grad_cam")
    assert explain(flat, picture, "integrated_gradients").maps == ()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"method": "magic"}, "no way to explain"),
        ({"method": "occlusion", "label": "elephant"}, "none of the answers: 0, 1"),
        ({"method": "grad_cam", "node": "../conv1"}, "no node with a map"),
        ({"method": "occlusion", "checkpoint": "step-9"}, "no checkpoint"),
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(digits: RunFolder, settings: dict, sentence: str) -> None:
    with pytest.raises(RunError, match=sentence):
        explain(digits, take_digit(digits), **settings)


def test_of_several_inputs_the_picture_is_explained_and_the_others_stay(home: Path) -> None:
    orders = train_some("two_inputs", "run.max_steps=2")
    raw = prepare_source(orders.read_project().data["main"]).raw("validation", 0)
    sample = {name: raw[name] for name in ("pieces", "row")}
    found, answer = explain(orders, sample, "integrated_gradients"), ask(orders, sample)
    assert found.heat.shape == found.pixels.shape[1:] and found.label == answer.label
    other = explain(orders, {**sample, "row": dict.fromkeys(raw["row"], 9.0)}, "integrated_gradients", found.label)
    assert not torch.equal(other.heat, found.heat)


def test_frames_one_behind_the_other_have_no_map_of_the_whole(home: Path) -> None:
    films = train_some("cnn_rnn", "run.max_steps=1")
    raw = prepare_source(films.read_project().data["main"]).raw("validation", 0)
    with pytest.raises(RunError, match="map of the whole picture"):
        explain(films, raw["film"], "grad_cam")


def test_a_table_row_has_no_picture_to_explain(flowers: RunFolder) -> None:
    with pytest.raises(RunError, match="about a picture"):
        explain(flowers, {}, "occlusion")


def test_a_picture_is_never_opened_by_its_name(digits: RunFolder, tmp_path: Path) -> None:
    take_digit(digits).save(tmp_path / "digit.png")
    with pytest.raises(RunError, match="not by the name of a file"):
        explain(digits, str(tmp_path / "digit.png"), "occlusion")


def test_the_worst_are_those_whose_truth_the_network_holds_least_likely(digits: RunFolder) -> None:
    source = prepare_source(digits.read_project().data["main"])
    found = find_mistakes(digits, source, count=5)
    assert found.part == "validation" and found.samples == found.size
    losses = [one.loss for one in found.worst]
    assert len(losses) == 5 and losses == sorted(losses, reverse=True)
    answers = [ask(digits, source.raw("validation", index)["image"]) for index in range(found.size)]
    truths = [source.raw("validation", index)["label"] for index in range(found.size)]
    assert found.wrong == sum(answer.label != truth for answer, truth in zip(answers, truths, strict=True))
    least = min(range(found.size), key=lambda index: answers[index].confidences[truths[index]])
    worst, answer = found.worst[0], answers[least]
    assert (worst.index, worst.truth, worst.predicted) == (least, truths[least], answer.label)
    assert worst.confidence == pytest.approx(answer.confidence, abs=1e-5)
    assert worst.loss == pytest.approx(-torch.tensor(answer.confidences[worst.truth]).log().item(), rel=1e-4)


def test_rows_and_texts_are_judged_as_well(flowers: RunFolder, home: Path) -> None:
    rows = find_mistakes(flowers, prepare_source(flowers.read_project().data["main"]), count=3)
    texts = train_some("text_cnn", "run.max_steps=2")
    read = find_mistakes(texts, prepare_source(texts.read_project().data["main"]), count=3)
    for found in (rows, read):
        assert len(found.worst) == 3 and found.wrong <= found.samples <= found.size


def test_only_so_many_are_asked_about(digits: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    source = prepare_source(digits.read_project().data["main"])
    monkeypatch.setattr(mistakes, "MOST_SAMPLES", 7)
    found = find_mistakes(digits, source)
    assert (found.samples, len(found.worst)) == (7, 7) and found.size > 7
    monkeypatch.setattr(mistakes, "MOST_SAMPLES", 30)
    monkeypatch.setattr(mistakes, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(mistakes, "MOST_NUMBERS", 784 * 10)
    assert find_mistakes(digits, source).samples == 10


def test_a_network_that_says_numbers_is_not_asked(home: Path) -> None:
    line = train_some("linear_regression", "run.epochs=1")
    with pytest.raises(RunError, match="chooses one class"):
        find_mistakes(line, prepare_source(line.read_project().data["main"]))


def test_after_a_new_checkpoint_the_new_weights_are_explained(digits: RunFolder, home: Path) -> None:
    folder = RunFolder(shutil.copytree(digits.path, digits.path.parent / f"{digits.id}-2"))
    last = load_last(folder.checkpoints)
    assert last is not None
    blank = {
        name: torch.zeros_like(tensor) if name.startswith("network/") else tensor
        for name, tensor in last.tensors.items()
    }
    name = save_checkpoint(folder.checkpoints, CheckpointDue(99, "interval"), blank, dict(last.state)).name
    found = explain(folder, take_digit(digits), "integrated_gradients", checkpoint=name)
    assert found.step == 99 and not found.heat.any()
