"""Networks of classes that exist twice, drawn and written by hand, for benchmarks that put one beside the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from benchmarks.reference.tutorials import cifar_cnn, resnet18, small_cnn
from benchmarks.step_time import drawn_cnn, drawn_mlp, make_project, written_cnn, written_mlp
from builder.document import Graph, Node, Project
from builder.loading import load_project

PRESETS = Path(__file__).parents[1] / "presets"
GREY, COLOUR = (1, 28, 28), (3, 32, 32)


def read_networks(preset: str) -> dict[str, Graph]:
    """The networks of a preset."""
    return dict(load_project((PRESETS / f"{preset}.json").read_bytes()).networks)


@dataclass(frozen=True)
class Classifier:
    """A network, drawn and by hand, with the data and the optimizer it learns with."""

    name: str
    draw: Callable[[], dict[str, Graph]]
    write: Callable[[], nn.Module]
    shape: tuple[int, ...]
    batch: int
    steps: int
    sgd: dict[str, float] | None = None

    @cached_property
    def tensors(self) -> dict[str, Tensor]:
        """Pictures and labels; what they show is of no interest."""
        samples = max(1024, 2 * self.batch)
        return {"image": torch.rand(samples, *self.shape), "label": torch.randint(0, 10, (samples,))}

    @cached_property
    def project(self) -> Project:
        """The drawn one as a project: a classifier without augmentation."""
        project = make_project(Graph())
        source = project.data["main"]
        fields = {**source.facts.fields, "image": source.facts.fields["image"].model_copy(update={"shape": self.shape})}
        facts = source.facts.model_copy(update={"fields": fields})
        nodes = tuple(self.set_node(node) for node in project.training.nodes)
        return project.model_copy(
            update={
                "networks": self.draw(),
                "training": project.training.model_copy(update={"nodes": nodes}),
                "data": {"main": source.model_copy(update={"facts": facts})},
            }
        )

    def set_node(self, node: Node) -> Node:
        """A node of the training graph, with this one's batch and optimizer."""
        if node.kind == "Data":
            return node.model_copy(update={"params": {**node.params, "batch_size": self.batch}})
        if node.kind == "Adam" and self.sgd is not None:
            return node.model_copy(update={"kind": "SGD", "params": {"networks": ["model"], **self.sgd}})
        return node

    def make_optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """The same optimizer for the one by hand."""
        if self.sgd is None:
            return torch.optim.Adam(network.parameters(), lr=0.001)
        return torch.optim.SGD(network.parameters(), **self.sgd)


BY_HAND = (
    Classifier("MLP, batch 128", lambda: {"model": drawn_mlp()}, written_mlp, GREY, 128, 100),
    Classifier("CNN, batch 128", lambda: {"model": drawn_cnn()}, written_cnn, GREY, 128, 10),
    Classifier("ResNet-18, batch 128", lambda: read_networks("resnet18_cifar"), resnet18, COLOUR, 128, 1),
)
AS_TUTORIALS = (
    Classifier("small CNN (A4), batch 32", lambda: read_networks("mnist_cnn"), small_cnn, GREY, 32, 30),
    Classifier(
        "CNN for 3×32×32 (A6), batch 32", lambda: read_networks("cifar_cnn"), cifar_cnn, COLOUR, 32, 20,
        {"lr": 0.001, "momentum": 0.9},
    ),
    Classifier(
        "ResNet-18 (A7), batch 32", lambda: read_networks("resnet18_cifar"), resnet18, COLOUR, 32, 1, {"lr": 0.01}
    ),
    Classifier("MLP, batch 128", lambda: {"model": drawn_mlp()}, written_mlp, GREY, 128, 50),
    Classifier("MLP, batch 1024", lambda: {"model": drawn_mlp()}, written_mlp, GREY, 1024, 10),
)  # fmt: skip
