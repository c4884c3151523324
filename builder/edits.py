"""Changes to a project as data: a list of edits is one step of the history, on the canvas and here alike.

An edit is a JSON object with an ``op``. Applying one makes a new project and changes nothing; an edit that does not fit
the project raises EditError and leaves it as it was. The canvas has a twin of this file in TypeScript; the files under
``tests/fixtures/edits`` hold the two to the same behaviour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from builder.document import NETWORKS, Edge, Graph, Node, Project
from builder.editing import EditData, EditError, build, find_graph, find_node, take
from builder.param_renaming import rename_param
from builder.phrases import name_graph, show_value
from builder.renaming import rename_graph, rename_node


def apply_edits(project: Project, edits: Iterable[EditData]) -> Project:
    """Return the project with all edits applied in order. Raises EditError, and then none of them counts."""
    for edit in edits:
        project = apply_edit(project, edit)
    return project


def apply_edit(project: Project, edit: EditData) -> Project:
    """Return the project with one edit applied. Raises EditError."""
    if not isinstance(edit, Mapping):
        raise EditError("An edit has to be an object with an op.")
    op = edit.get("op")
    if isinstance(op, str) and op in PROJECT_EDITS:
        return PROJECT_EDITS[op](project, edit)
    if isinstance(op, str) and op in GRAPH_EDITS:
        path = take(edit, "graph", str)
        return project.with_graph(path, GRAPH_EDITS[op](find_graph(project, path), edit, path))
    raise EditError(f"There is no edit named {show_value(op)}.")


def with_node(graph: Graph, id: str, changed: Node) -> Graph:
    """Return the graph with one node replaced in its place."""
    return graph.model_copy(update={"nodes": tuple(changed if node.id == id else node for node in graph.nodes)})


def add_node(graph: Graph, edit: EditData, path: str) -> Graph:
    """Add a node, at ``index`` of the list where given, else at its end."""
    node = build(Node, take(edit, "node", Mapping))
    if any(node.id == other.id for other in graph.nodes):
        raise EditError(f'There is already a node "{node.id}" in {name_graph(path)}.')
    index = edit.get("index")
    place = max(0, min(index, len(graph.nodes))) if isinstance(index, int) else len(graph.nodes)
    return graph.model_copy(update={"nodes": (*graph.nodes[:place], node, *graph.nodes[place:])})


def remove_node(graph: Graph, edit: EditData, path: str) -> Graph:
    """Remove a node and every link that touches it."""
    gone = find_node(graph, take(edit, "id", str), path).id
    nodes = tuple(node for node in graph.nodes if node.id != gone)
    edges = tuple(edge for edge in graph.edges if gone not in (edge.source, edge.target))
    return graph.model_copy(update={"nodes": nodes, "edges": edges})


def connect(graph: Graph, edit: EditData, path: str) -> Graph:
    """Add a link. A port takes one link, so a link that already ends there gives up its place."""
    edge = build(Edge, take(edit, "edge", Mapping))
    for end in (edge.source, edge.target):
        find_node(graph, end, path)
    edges = list(graph.edges)
    occupied = [place for place, other in enumerate(edges) if goes_into(other, edge.target, edge.target_port)]
    if not occupied:
        return graph.model_copy(update={"edges": (*edges, edge)})
    edges[occupied[0]] = edge
    kept = tuple(other for place, other in enumerate(edges) if place not in occupied[1:])
    return graph.model_copy(update={"edges": kept})


def goes_into(edge: Edge, id: str, port: str) -> bool:
    """Whether the link ends at this port of this node."""
    return edge.target == id and edge.target_port == port


def disconnect(graph: Graph, edit: EditData, path: str) -> Graph:
    """Remove the link between two ports."""
    edge = build(Edge, take(edit, "edge", Mapping))
    kept = tuple(other for other in graph.edges if other.ends() != edge.ends())
    if len(kept) == len(graph.edges):
        raise EditError(describe_missing_link(edge, path))
    return graph.model_copy(update={"edges": kept})


def describe_missing_link(edge: Edge, path: str) -> str:
    """Say that a link is not there."""
    start, end = f"{edge.source}.{edge.source_port}", f"{edge.target}.{edge.target_port}"
    return f'There is no link from "{start}" to "{end}" in {name_graph(path)}.'


def set_param(graph: Graph, edit: EditData, path: str) -> Graph:
    """Give a parameter of a node a value."""
    node = find_node(graph, take(edit, "id", str), path)
    name = take(edit, "name", str)
    if "value" not in edit:
        raise EditError('The edit "set_param" needs "value".')
    params = {**node.params, name: edit["value"]}
    return with_node(graph, node.id, build(Node, {**node.model_dump(), "params": params}))


def unset_param(graph: Graph, edit: EditData, path: str) -> Graph:
    """Put a parameter of a node back to its default."""
    node = find_node(graph, take(edit, "id", str), path)
    name = take(edit, "name", str)
    params = {key: value for key, value in node.params.items() if key != name}
    return with_node(graph, node.id, node.model_copy(update={"params": params}))


def set_node(graph: Graph, edit: EditData, path: str) -> Graph:
    """Set what a node is beside its parameters: ``bypassed``, ``weights_of`` or ``kind``."""
    node = find_node(graph, take(edit, "id", str), path)
    fields = take(edit, "fields", Mapping)
    unknown = [name for name in fields if name not in ("bypassed", "weights_of", "kind")]
    if unknown:
        raise EditError(f'The edit "set_node" cannot set "{unknown[0]}".')
    return with_node(graph, node.id, build(Node, {**node.model_dump(), **fields}))


def move(graph: Graph, edit: EditData, path: str) -> Graph:
    """Move nodes to new positions."""
    for moved, position in take(edit, "positions", Mapping).items():
        node = find_node(graph, moved, path)
        graph = with_node(graph, moved, build(Node, {**node.model_dump(), "position": position}))
    return graph


def set_via(graph: Graph, edit: EditData, path: str) -> Graph:
    """Lead a link through other points on its way, or straight where there are none."""
    wanted = build(Edge, take(edit, "edge", Mapping))
    via = build(Edge, {**wanted.model_dump(), "via": take(edit, "via", list)}).via
    if all(edge.ends() != wanted.ends() for edge in graph.edges):
        raise EditError(describe_missing_link(wanted, path))
    led = tuple(edge.model_copy(update={"via": via}) if edge.ends() == wanted.ends() else edge for edge in graph.edges)
    return graph.model_copy(update={"edges": led})


def set_graph(graph: Graph, edit: EditData, path: str) -> Graph:
    """Set what a graph holds beside nodes and links: ``frames``, ``notes``, ``params`` or ``weights``."""
    fields = take(edit, "fields", Mapping)
    unknown = [name for name in fields if name not in ("frames", "notes", "params", "weights")]
    if unknown:
        raise EditError(f'The edit "set_graph" cannot set "{unknown[0]}".')
    checked = build(Graph, fields)
    return graph.model_copy(update={name: getattr(checked, name) for name in fields})


GRAPH_EDITS: dict[str, Callable[[Graph, EditData, str], Graph]] = {
    "add_node": add_node,
    "remove_node": remove_node,
    "connect": connect,
    "disconnect": disconnect,
    "set_param": set_param,
    "unset_param": unset_param,
    "set_node": set_node,
    "move": move,
    "set_via": set_via,
    "set_graph": set_graph,
}


def set_value(project: Project, edit: EditData) -> Project:
    """Set a value at a dotted path: the name, the description, something of the run or of a source.

    ``data.<source>`` itself adds or replaces a source, and removes it where the value is null.
    """
    path = take(edit, "path", str)
    keys = path.split(".")
    if "value" not in edit:
        raise EditError('The edit "set" needs "value".')
    if keys not in (["name"], ["description"]) and (keys[0] not in ("run", "data") or len(keys) < 2):
        raise EditError(f'"{path}" cannot be set. Paths start with name, description, run or data.')
    document = project.model_dump(include={keys[0]})
    holder = find_holder(document, keys, path)
    if edit["value"] is None and keys[0] == "data" and len(keys) == 2:
        holder.pop(keys[1], None)
    else:
        holder[keys[-1]] = edit["value"]
    changed = build(Project, document)
    return project.model_copy(update={keys[0]: getattr(changed, keys[0])})


def find_holder(document: dict[str, Any], keys: list[str], path: str) -> dict[str, Any]:
    """Return the object that holds the last key of the path. Raises EditError."""
    holder: Any = document
    for key in keys[:-1]:
        holder = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(holder, dict):
        raise EditError(f'There is nothing at "{".".join(keys[:-1])}" that "{keys[-1]}" could be set in.')
    return holder


def add_graph(project: Project, edit: EditData) -> Project:
    """Add a network."""
    name = take(edit, "name", str)
    if name in project.networks:
        raise EditError(f'There is already a network "{name}" in this project.')
    return project.with_graph(NETWORKS + name, build(Graph, edit.get("graph") or {}))


def remove_graph(project: Project, edit: EditData) -> Project:
    """Remove a network."""
    name = take(edit, "name", str)
    find_graph(project, NETWORKS + name)
    networks = {other: graph for other, graph in project.networks.items() if other != name}
    return project.model_copy(update={"networks": networks})


PROJECT_EDITS: dict[str, Callable[[Project, EditData], Project]] = {
    "rename_node": rename_node,
    "rename_graph": rename_graph,
    "rename_param": rename_param,
    "set": set_value,
    "add_graph": add_graph,
    "remove_graph": remove_graph,
}

__all__ = ["EditError", "apply_edit", "apply_edits"]
