"""Small projects for tests, written in few words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from builder.document import Edge, Graph, Node, Project


def node(id: str, kind: str, **params: Any) -> Node:
    """A node."""
    return Node(id=id, kind=kind, params=params)


def edge(link: str) -> Edge:
    """``a.port -> b.port``; ports that are not named are ``output`` and ``input``."""
    ends = [end.strip().partition(".") for end in link.split("->")]
    (source, _, source_port), (target, _, target_port) = ends
    return Edge(source=source, source_port=source_port or "output", target=target, target_port=target_port or "input")


def chain(*nodes: Node) -> Graph:
    """Nodes one behind the other."""
    return Graph(nodes=nodes, edges=tuple(edge(f"{a.id} -> {b.id}") for a, b in pairwise(nodes)))


def graph(nodes: list[Node], *links: str) -> Graph:
    """Nodes and links."""
    return Graph(nodes=tuple(nodes), edges=tuple(edge(link) for link in links))


def source(shape: tuple[int, ...] = (1, 8, 8), classes: int = 3) -> dict[str, Any]:
    """A source of images or vectors with classes, its facts known."""
    kind = "image" if len(shape) == 3 else "vector"
    return {
        "origins": [{"kind": "embedded", "name": "digits"}],
        "fields": {"x": {"kind": kind}, "y": {"kind": "category", "role": "target"}},
        "facts": {
            "fields": {
                "x": {"kind": kind, "shape": list(shape)},
                "y": {"kind": "category", "dtype": "int64", "classes": [str(i) for i in range(classes)]},
            },
            "counts": {"train": 60, "validation": 12},
        },
    }


def classifier(
    network: Graph, optimizer: Node | None = None, shape: tuple[int, ...] = (1, 8, 8), **run: Any
) -> Project:
    """A network with Input ``x`` and Output ``scores`` that learns classes."""
    training = graph(
        [
            node("data", "Data", source="main", batch_size=20),
            node("predict", "Network", network="model"),
            node("loss", "CrossEntropyLoss"),
            node("accuracy", "Accuracy"),
            optimizer or node("adam", "Adam", networks=["model"], lr=0.01),
        ],
        "data.x -> predict.x",
        "predict.scores -> loss.input",
        "data.y -> loss.target",
        "predict.scores -> accuracy.input",
        "data.y -> accuracy.target",
        f"loss -> {optimizer.id if optimizer else 'adam'}.loss",
    )
    return Project.model_validate(
        {"networks": {"model": network}, "training": training, "data": {"main": source(shape)}, "run": run}
    )
