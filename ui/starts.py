"""New projects: a task or none, data to begin with, and a network that is still to be drawn."""

from __future__ import annotations

from typing import Final

from builder.document import Graph, Project, Run
from ui.projects import name_apart
from ui.session import load_preset

EMPTY: Final = "empty"
"""The start without a task: how it learns is still to be drawn, too."""
MASKS: Final = "masks"
"""The start with a network: hardly anybody draws a U-Net to begin with."""
STARTS: Final[dict[str, tuple[str, str, str]]] = {
    "images": ("mnist_cnn", "Tell images apart", "Handwritten digits to begin with"),
    MASKS: ("unet_masks", "Find things in pictures", "Masks of digits and a U-Net to begin with"),
    "table": ("mlp_iris", "Tell classes apart in a table", "Iris flowers to begin with"),
    "binary": ("sigmoid_neuron", "Answer yes or no", "Points of two classes to begin with"),
    "numbers": ("diabetes_regression", "Predict numbers", "Diabetes patients to begin with"),
    "text": ("text_lstm", "Judge texts", "Short opinions to begin with"),
    "series": ("lstm_forecast", "Forecast a series", "Carbon dioxide by the week to begin with"),
    EMPTY: ("mnist_cnn", "Something else", "Pictures of digits, and no training graph yet"),
}
"""Tasks by name: the preset whose data and training are taken, a title and a line."""


def start_project(name: str) -> Project:
    """A project for a task: Input and Output with nothing between them, and a training graph that fits the data.

    That of masks has its network, too.

    Raises:
        KeyError: there is no such task.
    """
    preset, title, _ = STARTS[name]
    model = load_preset(preset)
    if model is None:
        raise KeyError(name)
    if name == MASKS:
        from ui.proposals import name_project, propose_project  # not above: the gallery waits for nothing heavy

        return name_project(propose_project("main", model.data["main"]))
    networks = {network: strip_layers(graph) for network, graph in model.networks.items()}
    about = {"task": model.about.get("task", "other")}
    if name == EMPTY:
        data = [node for node in model.training.nodes if node.kind == "Data"]
        model = model.model_copy(update={"training": Graph(nodes=tuple(data)), "run": Run()})
        title, about = "Untitled", {"task": "other"}
    return model.model_copy(update={"name": name_apart(title), "description": "", "networks": networks, "about": about})


def strip_layers(graph: Graph) -> Graph:
    """The graph with its Inputs and Outputs alone, far enough apart to draw between them."""
    nodes = []
    for node in graph.nodes:
        if node.kind in ("Input", "Output"):
            column = 0.0 if node.kind == "Input" else 720.0
            nodes.append(node.model_copy(update={"position": (column, node.position[1])}))
    return graph.model_copy(update={"nodes": tuple(nodes), "edges": (), "frames": (), "notes": ()})
