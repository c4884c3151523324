"""Projects as plain JSON, changed by hand."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def model(data: Json) -> Json:
    """The network."""
    return data["networks"]["model"]  # type: ignore[no-any-return]


def find(graph: Json, id: str) -> Json:
    """A node by its id."""
    return next(node for node in graph["nodes"] if node["id"] == id)


def add(graph: Json, id: str, kind: str, **params: Any) -> None:
    """Add a node at the end."""
    graph["nodes"].append({"id": id, "kind": kind, "params": params, "position": [0, 0]})


def link(graph: Json, source: str, target: str, output: str = "output", port: str = "input") -> None:
    """Add a link."""
    graph["edges"].append({"source": source, "source_port": output, "target": target, "target_port": port})


def unlink(graph: Json, target: str, port: str = "input") -> Json:
    """Remove the link into a port, and return it."""
    edge = next(edge for edge in graph["edges"] if (edge["target"], edge["target_port"]) == (target, port))
    graph["edges"].remove(edge)
    return edge  # type: ignore[no-any-return]


def insert(graph: Json, target: str, id: str, kind: str, **params: Any) -> None:
    """Put a node in the middle of the link into a node."""
    before = unlink(graph, target)
    add(graph, id, kind, **params)
    link(graph, before["source"], id, before["source_port"])
    link(graph, id, target)
