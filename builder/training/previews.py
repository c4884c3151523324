"""Previews: what to look at while a network learns, as data. The screen draws it.

A payload is JSON of one of these types:

``image_grid``
    ``images``: {"data": base64 of bytes, "shape": [n, height, width, channels]}; where known,
    lists of one item an image: ``truth`` and ``predicted`` (names), ``confidence`` (0..1), ``wrong`` (true or false).
    Where an image is several above each other, ``rows``: what they are, from top to bottom.
``table``
    ``columns``: names; ``rows``: lists of numbers and names; ``truth`` and ``predicted``: the numbers of the columns
    that hold them; ``wrong``: true or false for each row, or null for numbers.
``scatter``
    ``truth`` and ``predicted``: numbers in the units of the data; ``name``: of the target.
``decision_surface``
    ``x`` and ``y``: the values along the axes; ``z``: rows (along y) of the predicted class, or of the value;
    ``confidence``: rows of 0..1, or null; ``points``: {"x", "y", "truth"}; ``classes``: names, or null;
    ``columns``: names of the features.
``texts`` and ``tagged``
    as ``builder/training/text_previews.py`` describes them.

``facts`` are those of the leading source's fields by name, as ``FieldFacts`` dumps them, each with the ``scaling`` and
the ``role`` of the field. A preview with ``queries`` has its ``network`` asked at these points, at rest and without
gradients; the answers follow the inputs.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.training.answers import (
    Facts,
    choose_field,
    list_first_column,
    name_answers,
    read_scores,
    restore_units,
    round_number,
)
from builder.training.base import Preview
from builder.training.metrics import SCORES_HELP

FIELD_HELP = "The field that is shown; the first that fits unless told otherwise."
COUNT_HELP = "How many samples are shown: always the first of the validation part."
TARGET_HELP = "The field that holds the truth; the first target unless told otherwise."


class PreviewParams(Params):
    """How many samples are shown."""

    count: int = Field(16, ge=1, le=256, description=COUNT_HELP)
    target_field: str | None = Field(None, max_length=80, description=TARGET_HELP)


def require(tensor: Tensor | None, port: str) -> Tensor:
    """The tensor of a port that must be linked."""
    if tensor is None:
        raise ValueError(f'the port "{port}" has no link')
    return tensor


class AnswerParams(PreviewParams):
    """What the network's scores are."""

    scores: Literal["logits", "probabilities"] = Field("logits", description=SCORES_HELP)


class ImageGrid(Preview):
    """Images with what the network takes them for and what they are; wrong answers are marked.

    Shapes:
        image: (B, channels, height, width). input: (B, classes) scores, or (B) or (B, 1) for yes or no.
        target: (B), the number of the true class.
    """

    kind = "ImageGrid"
    family = "Previews"
    title = "Image grid"
    synonyms = ("pictures", "samples", "predictions", "classification")
    shown = ("count",)
    inputs = (
        Port("image", ranks=(4,), help="The images."),
        Port("input", optional=True, help="The network's scores."),
        Port("target", dtype="number", optional=True, help="The true class."),
    )

    class Params(AnswerParams):
        """Which images are shown."""

        image_field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """An ``image_grid``."""
        given = (None if tensor is None else tensor[: params.count] for tensor in inputs)
        image, scores, target = (*given, None, None)[:3]
        answers = name_answers(scores, target, choose_field(facts, params.target_field, role="target"), params.scores)
        meaning = choose_field(facts, params.image_field, "image")
        return {"type": "image_grid", "images": encode_images(require(image, "image"), meaning), **answers}


def encode_images(image: Tensor, facts: dict[str, Any]) -> dict[str, Any]:
    """Images as bytes, channels last."""
    pixels = restore_units(image.detach().float(), facts, axes=(-1, 1, 1))
    if facts.get("scaling") != "none":
        pixels = pixels * 255
    levels = pixels.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).cpu().contiguous()
    return {"data": base64.b64encode(levels.numpy().tobytes()).decode("ascii"), "shape": list(levels.shape)}


class PredictionTable(Preview):
    """Rows of a table with what the network says and what is true.

    Shapes:
        features: (B, columns). input: (B, classes) scores, or predicted numbers. target: (B), or true numbers.
    """

    kind = "PredictionTable"
    family = "Previews"
    title = "Prediction table"
    synonyms = ("rows", "samples", "predictions", "tabular")
    shown = ("count",)
    inputs = (
        Port("features", ranks=(2,), help="The rows."),
        Port("input", help="The network's scores or numbers."),
        Port("target", dtype="number", help="The truth."),
    )

    class Params(AnswerParams):
        """Which rows are shown."""

        features_field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``table``."""
        features, scores, target = (tensor[: params.count] for tensor in inputs if tensor is not None)
        meaning = choose_field(facts, params.features_field, "vector", role="input")
        names = meaning.get("columns") or [f"x{number + 1}" for number in range(features.shape[1])]
        truth = choose_field(facts, params.target_field, role="target")
        answers = name_answers(scores, target, truth, params.scores)
        values = restore_units(features.detach(), meaning).tolist()
        rows = [
            [*(round_number(value) for value in row), *answer]
            for row, *answer in zip(values, answers["truth"], answers["predicted"], strict=True)
        ]
        columns = [*names, "truth", "predicted"]
        places = {"truth": len(names), "predicted": len(names) + 1}
        return {"type": "table", "columns": columns, "rows": rows, "wrong": answers.get("wrong"), **places}


class PredictedVsActual(Preview):
    """Every prediction against its truth: on the diagonal they agree.

    Shapes:
        input and target: the same shape, (B) or (B, 1).
    """

    kind = "PredictedVsActual"
    family = "Previews"
    title = "Predicted vs actual"
    synonyms = ("scatter", "regression", "diagonal")
    shown = ("count",)
    inputs = (Port("input", help="The predicted numbers."), Port("target", dtype="number", help="The true numbers."))

    class Params(PreviewParams):
        """How many points are shown."""

        count: int = Field(256, ge=1, le=5000, description=COUNT_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``scatter``."""
        predicted, truth = (tensor[: params.count].detach() for tensor in inputs if tensor is not None)
        meaning = choose_field(facts, params.target_field, role="target")
        sides = {"truth": list_first_column(truth, meaning), "predicted": list_first_column(predicted, meaning)}
        return {"type": "scatter", **sides, "name": (meaning.get("columns") or [meaning["name"]])[0]}


class DecisionSurface(Preview):
    """What the network says everywhere in the plane of two features, with the samples in it.

    The network is called once for the whole plane, with dropout and batch statistics at rest.

    Shapes:
        features: (B, 2). target: (B), the number of the true class.
    """

    kind = "DecisionSurface"
    family = "Previews"
    title = "Decision surface"
    synonyms = ("boundary", "plane", "regions", "two features")
    shown = ("network",)
    inputs = (
        Port("features", ranks=(2,), help="Samples with two features."),
        Port("target", dtype="number", help="The true class."),
    )

    class Params(AnswerParams):
        """Whose answers, how fine, and how many samples."""

        count: int = Field(256, ge=1, le=2000, description=COUNT_HELP)
        network: str = Field("model", max_length=80, description="The network that is asked everywhere in the plane.")
        resolution: int = Field(48, ge=8, le=128, description="How many points along each side.")
        features_field: str | None = Field(None, max_length=80, description=FIELD_HELP)
        margin: float = Field(
            0.15, ge=0, le=2, description="How far the plane goes beyond the samples: a part of their range."
        )

    @classmethod
    def queries(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> Tensor:
        """The points (resolution², 2) at which the network is to be asked; the answers come back as the last input."""
        features = require(inputs[0], "features")
        x, y = list_axes(features[: params.count], params)
        rows, columns = torch.meshgrid(y, x, indexing="ij")
        return torch.stack([columns, rows], dim=-1).reshape(-1, 2)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """A ``decision_surface``; the last input are the network's answers to ``queries``."""
        features, target, answers = (tensor.detach() for tensor in inputs if tensor is not None)
        features, target = features[: params.count], target[: params.count]
        meaning = choose_field(facts, params.features_field, "vector", role="input")
        corners = restore_units(torch.stack(list_axes(features, params), dim=1), meaning)
        points = restore_units(features, meaning)
        answer = choose_field(facts, params.target_field, role="target")
        return {
            "type": "decision_surface",
            "x": [round_number(value) for value in corners[:, 0].tolist()],
            "y": [round_number(value) for value in corners[:, 1].tolist()],
            **describe_surface(answers, params, has_classes=bool(answer.get("classes"))),
            "points": {"x": points[:, 0].tolist(), "y": points[:, 1].tolist(), "truth": target.reshape(-1).tolist()},
            "classes": answer.get("classes"),
            "columns": list(meaning.get("columns") or ("x1", "x2")),
        }


def list_axes(features: Tensor, params: Any) -> tuple[Tensor, Tensor]:
    """The values along both axes of the plane around the samples."""
    low, high = features.detach().amin(0), features.detach().amax(0)
    margin = (high - low).clamp(min=1e-3) * params.margin
    steps = torch.linspace(0, 1, params.resolution, device=features.device, dtype=features.dtype)
    low, high = low - margin, high + margin
    x, y = (low[axis] + steps * (high[axis] - low[axis]) for axis in (0, 1))
    return x, y


def describe_surface(answers: Tensor, params: Any, has_classes: bool) -> dict[str, Any]:
    """The class (or value) and the confidence at every point of the plane."""
    if not has_classes:
        return {"z": to_rows(answers.float().reshape(len(answers), -1)[:, 0], params.resolution), "confidence": None}
    classes, confidence = read_scores(answers, params.scores)
    return {"z": to_rows(classes, params.resolution), "confidence": to_rows(confidence, params.resolution)}


def to_rows(values: Tensor, resolution: int) -> list[list[float]]:
    """Values at the points of the plane as rows."""
    shape = (resolution, resolution)
    if not values.is_floating_point():
        rows: list[list[float]] = values.reshape(shape).tolist()
        return rows
    return [[round_number(value) for value in row] for row in values.reshape(shape).tolist()]
