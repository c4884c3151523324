"""How ``train.py`` makes its losses: with what differs from the default, and on the device where they hold numbers."""

from __future__ import annotations

from typing import Any

import pytest

from builder.codegen import generate_train
from builder.document import Project
from tests.builder.drawn import chain, classifier, node


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
