"""How ``train.py`` makes its losses: with what differs from the default, and on the device where they hold numbers."""

from __future__ import annotations

from typing import Any

import pytest

from builder.codegen import generate_train
from builder.document import Project
from tests.builder.drawn import chain, classifier, node


def count_classes(project: Project, *counts: int) -> Project:
    """The project, its training part holding so many samples of each class."""
    known = project.model_dump()
    known["data"]["main"]["facts"]["fields"]["y"] |= {
        "class_counts": counts,
        "classes": [str(number) for number in range(len(counts))],
    }
    return Project.model_validate(known)


def with_loss(kind: str, outputs: int, **params: Any) -> Project:
    """A classifier with another loss."""
    network = chain(
        node("x", "Input"),
        node("flatten", "Flatten"),
        node("fc", "Linear", out_features=outputs),
        node("scores", "Output"),
    )
    project = classifier(network)
    training = project.training
    nodes = tuple(node("loss", kind, **params) if known.id == "loss" else known for known in training.nodes)
    return project.model_copy(update={"training": training.model_copy(update={"nodes": nodes})})


@pytest.mark.parametrize(
    ("kind", "outputs", "params", "line"),
    [
        ("CrossEntropyLoss", 3, {}, "criterion = nn.CrossEntropyLoss()\n"),
        ("CrossEntropyLoss", 3, {"ignore_index": 0}, "criterion = nn.CrossEntropyLoss(ignore_index=0)\n"),
        (
            "CrossEntropyLoss",
            3,
            {"weight": [1, 2, 3]},
            "criterion = WeightedCrossEntropyLoss(weight=(1.0, 2.0, 3.0)).to(device)\n",
        ),
        (
            "BCEWithLogitsLoss",
            1,
            {"pos_weight": 3},
            "criterion = MatchedBCEWithLogitsLoss(pos_weight=3.0).to(device)\n",
        ),
    ],
)
def test_a_loss_is_made_as_a_person_would_write_it(kind: str, outputs: int, params: dict[str, Any], line: str) -> None:
    assert line in generate_train(with_loss(kind, outputs, **params))


@pytest.mark.parametrize(
    ("kind", "outputs", "params", "counts", "line"),
    [
        (
            "CrossEntropyLoss",
            3,
            {"weight": "$class_weights"},
            (5, 10, 15),
            "criterion = WeightedCrossEntropyLoss(weight=(2.0, 1.0, 0.666667)).to(device)\n",
        ),
        (
            "BCEWithLogitsLoss",
            1,
            {"pos_weight": "$positive_weight"},
            (30, 12),
            "criterion = MatchedBCEWithLogitsLoss(pos_weight=2.5).to(device)\n",
        ),
    ],
)
def test_weights_by_the_classes_of_the_data_are_printed_as_numbers(
    kind: str, outputs: int, params: dict[str, Any], counts: tuple[int, ...], line: str
) -> None:
    assert line in generate_train(count_classes(with_loss(kind, outputs, **params), *counts))
