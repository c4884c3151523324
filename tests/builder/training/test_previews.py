"""Previews are JSON in the words and units of the data."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import torch

from builder.training.previews import DecisionSurface, ImageGrid, PredictedVsActual, PredictionTable

LABEL = {"kind": "category", "role": "target", "classes": ["cat", "dog"]}


def decode(images: dict[str, Any]) -> torch.Tensor:
    data = bytearray(base64.b64decode(images["data"]))
    return torch.frombuffer(data, dtype=torch.uint8).reshape(images["shape"])


def test_an_image_grid_shows_the_first_images_as_they_were_before_scaling() -> None:
    pixels = torch.randint(0, 256, (5, 3, 4, 6))
    mean, deviation = (0.4, 0.5, 0.6), (0.1, 0.2, 0.3)
    scaled = (pixels / 255 - torch.tensor(mean)[:, None, None]) / torch.tensor(deviation)[:, None, None]
    facts = {"image": {"kind": "image", "role": "input", "scaling": "standard", "mean": mean, "deviation": deviation}}
    payload = ImageGrid.payload(ImageGrid.Params(count=3), facts, scaled, None, None)
    assert payload["type"] == "image_grid"
    assert decode(payload["images"]).equal(pixels[:3].permute(0, 2, 3, 1).to(torch.uint8))


def test_nothing_is_shown_as_nothing_and_not_as_what_scaling_left_of_it() -> None:
    debts, mean, deviation = torch.tensor([0.0, 1250.0, 3.0]), 337.3, 1229.9
    scaled = ((debts - mean) / deviation).float().reshape(-1, 1)
    facts = {"debt": {"kind": "vector", "role": "input", "columns": ["Debt"], "mean": [mean], "deviation": [deviation]}}
    payload = PredictionTable.payload(PredictionTable.Params(), facts, scaled, torch.zeros(3, 2), torch.zeros(3).long())
    assert [row[0] for row in payload["rows"]] == [0.0, 1250.0, pytest.approx(3.0, abs=1e-3)]


@pytest.mark.parametrize(("scaling", "divisor"), [("unit", 255), ("none", 1)])
def test_an_image_grid_knows_unit_and_raw_pixels(scaling: str, divisor: int) -> None:
    pixels = torch.randint(0, 256, (2, 1, 4, 4))
    facts = {"image": {"kind": "image", "scaling": scaling}}
    payload = ImageGrid.payload(ImageGrid.Params(), facts, pixels / divisor, None, None)
    assert decode(payload["images"]).equal(pixels.permute(0, 2, 3, 1).to(torch.uint8))


def test_an_image_grid_shows_images_of_which_nothing_else_is_known() -> None:
    facts = {"image": {"kind": "image", "scaling": "unit"}}
    payload = ImageGrid.payload(ImageGrid.Params(count=2), facts, torch.zeros(3, 1, 4, 4))
    assert list(payload) == ["type", "images"]
    assert decode(payload["images"]).shape == (2, 4, 4, 1)


def test_an_image_grid_names_truth_and_prediction_and_marks_what_is_wrong() -> None:
    scores = torch.tensor([[2.0, 0.0], [2.0, 0.0]])
    payload = ImageGrid.payload(
        ImageGrid.Params(),
        {"image": {"kind": "image"}, "label": LABEL},
        torch.rand(2, 1, 4, 4),
        scores,
        torch.tensor([0, 1]),
    )
    assert payload["truth"] == ["cat", "dog"]
    assert payload["predicted"] == ["cat", "cat"]
    assert payload["wrong"] == [False, True]
    assert payload["confidence"] == pytest.approx([scores.softmax(1)[0, 0].item()] * 2, rel=1e-5)


@pytest.mark.parametrize(("meaning", "scores"), [("logits", [-1.0, 0.3]), ("probabilities", [0.27, 0.57])])
def test_a_single_score_answers_yes_or_no(meaning: str, scores: list[float]) -> None:
    params = ImageGrid.Params(scores=meaning)
    facts = {"image": {"kind": "image"}, "label": LABEL}
    payload = ImageGrid.payload(params, facts, torch.rand(2, 1, 4, 4), torch.tensor(scores)[:, None], None)
    assert payload["predicted"] == ["cat", "dog"]
    assert payload["confidence"] == pytest.approx([0.73, 0.57], abs=0.01)


def test_a_table_shows_rows_in_the_units_of_the_data() -> None:
    facts = {
        "features": {
            "kind": "vector",
            "role": "input",
            "columns": ["age", "height"],
            "mean": [40.0, 170.0],
            "deviation": [10.0, 8.0],
        },
        "label": LABEL,
    }
    inputs = torch.tensor([[0.0, 1.0], [1.0, 0.0], [9.0, 9.0]]), torch.tensor([[1.0, 2.0]] * 3), torch.tensor([1, 0, 0])
    payload = PredictionTable.payload(PredictionTable.Params(count=2), facts, *inputs)
    assert payload["columns"] == ["age", "height", "truth", "predicted"]
    assert payload["rows"] == [[40.0, 178.0, "dog", "dog"], [50.0, 170.0, "cat", "dog"]]
    assert payload["wrong"] == [False, True]


def test_a_table_of_numbers_has_nothing_wrong() -> None:
    facts = {
        "x": {"kind": "vector", "role": "input"},
        "y": {"kind": "number", "role": "target", "mean": [5.0], "deviation": [2.0]},
    }
    payload = PredictionTable.payload(
        PredictionTable.Params(), facts, torch.ones(1, 1), torch.tensor([[1.0]]), torch.tensor([[0.5]])
    )
    assert payload["rows"] == [[1.0, 6.0, 7.0]]
    assert payload["wrong"] is None


def test_predictions_and_truths_are_in_the_units_of_the_target() -> None:
    facts = {"y": {"kind": "number", "role": "target", "columns": ["price"], "low": [100.0], "high": [300.0]}}
    payload = PredictedVsActual.payload(PredictedVsActual.Params(), facts, torch.tensor([[0.5]]), torch.tensor([0.25]))
    assert payload == {"type": "scatter", "truth": [150.0], "predicted": [200.0], "name": "price"}


def test_a_decision_surface_asks_around_the_samples_and_draws_the_answers() -> None:
    params = DecisionSurface.Params(resolution=9, margin=0.5)
    facts = {"point": {"kind": "vector", "role": "input", "columns": ["a", "b"]}, "label": LABEL}
    features, target = torch.tensor([[-1.0, -2.0], [1.0, 2.0]]), torch.tensor([0, 1])
    queries = DecisionSurface.queries(params, facts, features, target)
    assert queries.shape == (81, 2)
    payload = DecisionSurface.payload(params, facts, features, target, queries[:, :1] * 5)
    assert (payload["x"][0], payload["x"][-1], payload["y"][0], payload["y"][-1]) == (-2.0, 2.0, -4.0, 4.0)
    assert all(row == [0, 0, 0, 0, 0, 1, 1, 1, 1] for row in payload["z"])
    assert payload["confidence"][0][4] == 0.5
    assert payload["points"] == {"x": [-1.0, 1.0], "y": [-2.0, 2.0], "truth": [0, 1]}
    assert payload["classes"] == ["cat", "dog"]
    json.dumps(payload)


def test_a_decision_surface_of_several_scores_takes_the_largest() -> None:
    params = DecisionSurface.Params(resolution=8)
    features = torch.rand(4, 2)
    facts = {"point": {"kind": "vector", "role": "input"}, "label": {**LABEL, "classes": ["a", "b", "c"]}}
    payload = DecisionSurface.payload(params, facts, features, torch.zeros(4), torch.eye(3)[torch.arange(64) % 3])
    assert payload["z"][0] == [0, 1, 2, 0, 1, 2, 0, 1]


def test_the_plane_of_a_decision_surface_is_labelled_in_the_units_of_the_data() -> None:
    facts = {
        "point": {"kind": "vector", "role": "input", "mean": [10.0, 20.0], "deviation": [2.0, 3.0]},
        "label": LABEL,
    }
    params = DecisionSurface.Params(resolution=8, margin=0)
    features = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])
    payload = DecisionSurface.payload(params, facts, features, torch.tensor([0, 1]), torch.zeros(64, 1))
    assert (payload["x"][0], payload["x"][-1], payload["y"][0], payload["y"][-1]) == (8.0, 12.0, 17.0, 23.0)
    assert payload["points"]["x"] == [8.0, 12.0]
