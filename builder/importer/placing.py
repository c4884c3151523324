"""Puts imported networks into a project: positions on the canvas, names that are free, and one list of edits."""

from __future__ import annotations

from typing import Any

from builder.document import Graph, Node, Project
from builder.ids import suggest_id
from builder.repetitions import NAMING
from builder.topology import GraphView

COLUMN, ROW = 240.0, 110.0


def arrange_nodes(graph: Graph) -> Graph:
    """Give nodes positions: a column for each step from the inputs, what runs beside each other in rows."""
    view = GraphView(graph)
    column: dict[str, int] = {}
    for id in view.order:
        column[id] = max((column[edge.source] + 1 for edge in view.incoming(id).values()), default=0)
    rows: dict[int, int] = {}
    placed: list[Node] = []
    for node in graph.nodes:
        at = column.get(node.id, 0)
        rows[at] = rows.get(at, -1) + 1
        placed.append(node.model_copy(update={"position": (COLUMN * at, ROW * rows[at])}))
    return graph.model_copy(update={"nodes": tuple(placed)})


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
