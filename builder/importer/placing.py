"""Puts imported networks into a project: positions on the canvas, names that are free, and one list of edits."""

from __future__ import annotations

from typing import Any

from builder.document import Edge, Graph, Node, Project
from builder.ids import suggest_id
from builder.repetitions import NAMING
from builder.topology import GraphView

Place = tuple[int, int]
"""Column and row of a node."""
COLUMN, ROW, WIDTH = 240.0, 110.0, 176.0
CLEAR, APART = 32.0, 16.0
"""How far a link that is led past nodes runs above them, and from the next one."""


def arrange_nodes(graph: Graph) -> Graph:
    """Give nodes positions: a column for each step from the inputs, what runs beside each other in rows.

    Links that would run behind nodes are led past them, above the first row.
    """
    view = GraphView(graph)
    column: dict[str, int] = {}
    for id in view.order:
        column[id] = max((column[edge.source] + 1 for edge in view.incoming(id).values()), default=0)
    rows: dict[int, int] = {}
    places: dict[str, Place] = {}
    for node in graph.nodes:
        at = column.get(node.id, 0)
        rows[at] = rows.get(at, -1) + 1
        places[node.id] = at, rows[at]
    nodes = tuple(
        node.model_copy(update={"position": (COLUMN * x, ROW * y)})
        for node in graph.nodes
        for x, y in [places[node.id]]
    )
    return graph.model_copy(update={"nodes": nodes, "edges": lead_edges(graph, places)})


def lead_edges(graph: Graph, places: dict[str, Place]) -> tuple[Edge, ...]:
    """The links, those that would run behind a node led along a lane of their own; shorter ones lie further down."""
    hidden = [edge for edge in graph.edges if runs_behind(places[edge.source], places[edge.target], places)]
    lanes: list[list[tuple[int, int]]] = []
    led: dict[tuple[str, str, str, str], Edge] = {}
    for edge in sorted(hidden, key=lambda edge: places[edge.target][0] - places[edge.source][0]):
        first, last = places[edge.source][0] + 1, places[edge.target][0] - 1
        taken = [any(start <= last and first <= end for start, end in lane) for lane in lanes]
        number = taken.index(False) if False in taken else len(lanes)
        lanes[number:] = lanes[number:] or [[]]
        lanes[number].append((first, last))
        y = -CLEAR - APART * number
        led[edge.ends()] = edge.model_copy(update={"via": ((COLUMN * first, y), (COLUMN * last + WIDTH, y))})
    return tuple(led.get(edge.ends(), edge) for edge in graph.edges)


def runs_behind(source: Place, target: Place, places: dict[str, Place]) -> bool:
    """Whether a node stands in the columns between, at a height that the link passes."""
    low, high = sorted((source[1], target[1]))
    return any(source[0] < x < target[0] and low <= y <= high for x, y in places.values())


def list_edits(networks: dict[str, Graph], project: Project) -> list[dict[str, Any]]:
    """The edits that add networks to a project as one step of its history, under names that are free there."""
    names = choose_names(networks, project)
    return [
        {"op": "add_graph", "name": names[name], "graph": rename_blocks(graph, names).model_dump(mode="json")}
        for name, graph in networks.items()
    ]


def choose_names(networks: dict[str, Graph], project: Project) -> dict[str, str]:
    """The name of each network in a project."""
    taken = set(project.networks)
    names: dict[str, str] = {}
    for name in networks:
        names[name] = suggest_id(name, taken)
        taken.add(names[name])
    return names


def rename_blocks(graph: Graph, names: dict[str, str]) -> Graph:
    """Let blocks name their networks as those are called in the project."""
    return graph.model_copy(update={"nodes": tuple(rename_block(node, names) for node in graph.nodes)})


def rename_block(node: Node, names: dict[str, str]) -> Node:
    """Let a Block name its networks as those are called in the project."""
    named = [param for param in NAMING if node.kind == "Block" and node.params.get(param)]
    changed = {param: names.get(str(node.params[param]), node.params[param]) for param in named}
    return node.model_copy(update={"params": {**node.params, **changed}})


__all__ = ["arrange_nodes", "choose_names", "list_edits"]
