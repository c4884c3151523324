"""What every edit needs: its fields, the graph and the node that it names, or the sentence that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from builder.document import Graph, Node, Part, Project
from builder.phrases import describe_errors, name_graph

EditData = Mapping[str, Any]
P = TypeVar("P", bound=Part)


class EditError(Exception):
    """An edit does not fit the project. The text is a sentence for people."""


def take(edit: EditData, key: str, wanted: type) -> Any:
    """Return a field of the edit. Raises EditError where it is missing or of another type."""
    value = edit.get(key)
    if not isinstance(value, wanted):
        raise EditError(f'The edit "{edit.get("op")}" needs "{key}".')
    return value


def build(part: type[P], value: Any) -> P:
    """Make a piece of the project from JSON. Raises EditError."""
    try:
        return part.model_validate(value)
    except ValidationError as error:
        faults = (f'"{path}" {phrase}' if path else f"It {phrase}" for path, phrase in describe_errors(error))
        raise EditError(f"{'; '.join(faults)}.") from None


def find_graph(project: Project, path: str) -> Graph:
    """Return the graph at the path. Raises EditError."""
    if path not in project.graph_paths():
        raise EditError(f"There is no {name_graph(path)} in this project.")
    return project.graph(path)


def find_node(graph: Graph, id: str, path: str) -> Node:
    """Return the node of that id. Raises EditError."""
    for node in graph.nodes:
        if node.id == id:
            return node
    raise EditError(f'There is no node "{id}" in {name_graph(path)}.')
