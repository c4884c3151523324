"""A project with everything that has state or draws: dropout, batch norm, augmentation, a schedule, bfloat16."""

from __future__ import annotations

from itertools import pairwise

from builder.document import Edge, Graph, Node, Project
from runtime.runs.project_file import change_project, read_project

LAYERS = (
    Node(id="image", kind="Input", params={"shape": "$shape"}),
    Node(id="conv1", kind="Conv2d", params={"out_channels": 4, "kernel_size": 3}),
    Node(id="norm1", kind="BatchNorm2d"),
    Node(id="relu1", kind="ReLU"),
    Node(id="pool1", kind="MaxPool2d", params={"kernel_size": 4}),
    Node(id="dropout1", kind="Dropout", params={"p": 0.3}),
    Node(id="flatten1", kind="Flatten"),
    Node(id="linear1", kind="Linear", params={"out_features": "$classes"}),
    Node(id="scores", kind="Output"),
)
AUGMENT = Node(id="augment", kind="Augment", params={"shift": 0.1, "rotate": 10.0})
SAMPLES = 320


def make_project(seed: int, epochs: int, precision: str = "bfloat16") -> Project:
    """The digits that come along, and a small network; ten steps an epoch."""
    preset = read_project("mnist_cnn")
    network = Graph(nodes=LAYERS, edges=tuple(Edge(source=a.id, target=b.id) for a, b in pairwise(LAYERS)))
    source = preset.data["main"]
    embedded = tuple(origin for origin in source.origins if origin.kind == "embedded")
    source = source.model_copy(update={"origins": embedded, "facts": None, "limit": SAMPLES})
    project = preset.model_copy(
        update={"networks": {"model": network}, "training": augment(preset.training), "data": {"main": source}}
    )
    settings = [f"run.seed={seed}", f"run.epochs={epochs}", f"run.precision={precision}", "run.threads=1"]
    schedule = 'training.adam.schedule={"kind": "cosine"}'
    return change_project(project, [*settings, "run.device=cpu", schedule, "training.adam.clip_norm=1.0"])


def augment(training: Graph) -> Graph:
    """The training graph with images that change at random on their way to the network."""
    edges = [
        edge.model_copy(update={"source": AUGMENT.id, "source_port": "image"}) if edge.target == "predict" else edge
        for edge in training.edges
    ]
    images = Edge(source="data", source_port="image", target=AUGMENT.id, target_port="image")
    return training.model_copy(update={"nodes": (*training.nodes, AUGMENT), "edges": (*edges, images)})
