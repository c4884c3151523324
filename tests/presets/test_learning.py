"""Networks that are too large to be trained in full here do learn: on fewer or smaller pictures, for fewer epochs."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from builder.document import Project
from runtime.data.prepare import prepare
from runtime.events import Scalars
from runtime.loop import train
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session

pytestmark = pytest.mark.slow


def learn(project: Project) -> dict[str, float]:
    """What the last validation of a run measures."""
    session = Session.create(project, prepare(project, lambda doing, done: None), torch.device("cpu"))
    validations = [
        e.values for e in train(session, lambda: "run") if isinstance(e, Scalars) and e.split == "validation"
    ]
    return validations[-1]


def with_source(project: Project, **changes: Any) -> Project:
    return project.model_copy(update={"data": {"main": project.data["main"].model_copy(update=changes)}})


def test_resnet_18_learns_on_a_few_hundred_small_pictures() -> None:
    settings = ["run.epochs=4", "training.data.batch_size=25", "training.sgd.lr=0.01"]
    project = change_project(read_project("resnet18_cifar"), settings)
    source = project.data["main"]
    digits = source.origins[1].model_copy(update={"options": {"size": 16, "channels": 3}})
    image = source.fields["image"].model_copy(update={"size": (16, 16)})
    fields = {**source.fields, "image": image}
    values = learn(with_source(project, origins=(digits,), fields=fields, limit=500, facts=None))
    assert values["accuracy"] > 0.35, values


def test_a_small_u_net_finds_the_ink_of_digits() -> None:
    values = learn(change_project(read_project("unet_masks"), ["run.epochs=4"]))
    assert values["iou"] >= 0.85, values
