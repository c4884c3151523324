"""A rehearsal for a worker that stands by: what PyTorch and the data layer load at their first use is loaded before the click.

Without it the first loss came 1.7 seconds after the click on two cores, with it within half a second.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch

from builder.document import Project
from runtime.data.prepare import prepare
from runtime.loop import Session, train

FIELDS = {"x": {"kind": "vector"}, "y": {"kind": "number", "role": "target"}}
ORIGIN = {
    "kind": "embedded",
    "name": "points",
    "options": {"x": [1, 2], "y": [2, 4]},
    "columns": {"x": ["x"], "y": "y"},
}


def link(source: str, target: str, source_port: str = "output", target_port: str = "input") -> dict[str, str]:
    """A link as the project file has it."""
    return {"source": source, "source_port": source_port, "target": target, "target_port": target_port}


def make_project() -> Project:
    """Two points and one weight, with the kinds of layers that most networks have."""
    network = {
        "nodes": [
            {"id": "x", "kind": "Input", "params": {"shape": [1]}},
            {"id": "image", "kind": "Reshape", "params": {"shape": [1, 1, 1]}},
            {"id": "conv1", "kind": "Conv2d", "params": {"out_channels": 1, "kernel_size": 1}},
            {"id": "flatten1", "kind": "Flatten"},
            {"id": "linear1", "kind": "Linear", "params": {"out_features": 1}},
            {"id": "out", "kind": "Output"},
        ],
        "edges": [link(a, b) for a, b in pairwise(("x", "image", "conv1", "flatten1", "linear1", "out"))],
    }
    training = {
        "nodes": [
            {"id": "data", "kind": "Data", "params": {"source": "main", "batch_size": 2}},
            {"id": "predict", "kind": "Network", "params": {"network": "model"}},
            {"id": "loss", "kind": "MSELoss"},
            {"id": "adam", "kind": "Adam", "params": {"networks": ["model"]}},
        ],
        "edges": [
            link("data", "predict", "x", "x"),
            link("predict", "loss", "out"),
            link("data", "loss", "y", "target"),
            link("loss", "adam", target_port="loss"),
        ],
    }
    source: dict[str, Any] = {"origins": [ORIGIN], "fields": FIELDS, "split": {"validation": 0.0}}
    run = {"epochs": 2, "device": "cpu"}
    return Project.model_validate(
        {"networks": {"model": network}, "training": training, "data": {"main": source}, "run": run}
    )


def rehearse() -> None:
    """Train two steps that nobody sees, on the CPU: a GPU stays free until a run needs it."""
    import datasets  # noqa: F401
    import PIL.Image  # noqa: F401
    import sklearn.datasets  # noqa: F401

    project = make_project()
    for _ in train(Session.create(project, prepare(project), torch.device("cpu")), lambda: "run"):
        pass
