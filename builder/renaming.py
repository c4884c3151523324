"""Giving a node or a network another name. Everything that names it follows.

The canvas has a twin of this file in TypeScript; the files under ``tests/fixtures/edits`` hold the two to the same behaviour.
"""

from __future__ import annotations

from typing import Any

from builder.document import NETWORKS, TRAINING, Graph, Node, Project, Weights
from builder.editing import EditData, EditError, build, find_graph, find_node, take
from builder.group_renaming import rename_in_groups
from builder.phrases import name_graph

DEFAULT_NETWORKS = dict.fromkeys(
    ("Network", "DecisionSurface", "GreedyDecoding", "TextGeneration", "DiffusionSamples"), "model"
)
"""The network that a node of these kinds names where its parameters say nothing."""

USES = ("Network", "Block")


def rename_node(project: Project, edit: EditData) -> Project:
    """Give a node another id.

    Links, shared weights, ports of the network's uses, groups of optimizers and what the run watches follow.
    Where several nodes bear the id, ``index`` says which place in the list of nodes is meant: only that node is renamed
    then, and everything that names the id stays with the others.
    """
    path, old, new = take(edit, "graph", str), take(edit, "id", str), take(edit, "to", str)
    graph = find_graph(project, path)
    node = find_node(graph, old, path)
    index = find_index(graph, edit, old, path)
    if new == old:
        return project
    if any(new == other.id for other in graph.nodes):
        raise EditError(f'There is already a node "{new}" in {name_graph(path)}.')
    build(Node, {**node.model_dump(), "id": new})
    if index is not None and sum(other.id == old for other in graph.nodes) > 1:
        return project.with_graph(path, rename_at(graph, index, new))
    project = project if path == TRAINING else rename_in_groups(project, path.removeprefix(NETWORKS), old, new)
    project = project.with_graph(path, rename_in_graph(graph, old, new))
    if path == TRAINING:
        return rename_in_run(project, old, new)
    return rename_ports(project, path.removeprefix(NETWORKS), node, new)


def find_index(graph: Graph, edit: EditData, id: str, path: str) -> int | None:
    """The place that an edit names, None where it names none. Raises EditError where the node there bears another id."""
    index = edit.get("index")
    if index is None:
        return None
    if not isinstance(index, int) or isinstance(index, bool):
        raise EditError(f'The edit "{edit.get("op")}" takes a whole number as "index".')
    if not 0 <= index < len(graph.nodes) or graph.nodes[index].id != id:
        raise EditError(f'There is no node "{id}" at place {index} of {name_graph(path)}.')
    return index


def rename_at(graph: Graph, index: int, new: str) -> Graph:
    """Rename the node at a place of the list, and nothing else."""
    nodes = list(graph.nodes)
    nodes[index] = nodes[index].model_copy(update={"id": new})
    return graph.model_copy(update={"nodes": tuple(nodes)})


def rename_in_graph(graph: Graph, id: str, new: str) -> Graph:
    """Rename a node, the ends of its links, and the shared weights that name it."""
    nodes = tuple(
        node.model_copy(
            update={
                "id": new if node.id == id else node.id,
                "weights_of": new if node.weights_of == id else node.weights_of,
            }
        )
        for node in graph.nodes
    )
    edges = tuple(
        edge.model_copy(
            update={
                "source": new if edge.source == id else edge.source,
                "target": new if edge.target == id else edge.target,
            }
        )
        for edge in graph.edges
    )
    weights = rename_in_map(graph.weights, id, new)
    return graph.model_copy(update={"nodes": nodes, "edges": edges, "weights": weights})


def rename_in_map(weights: Weights | None, id: str, new: str) -> Weights | None:
    """Let what the tensors of a network are called elsewhere follow.

    A name that was the same elsewhere is noted now; not where it is another node that is called so there.
    """
    if weights is None:
        return None
    names = {
        new + name.removeprefix(id) if name == id or name.startswith(f"{id}.") else name: foreign
        for name, foreign in weights.names.items()
    }
    is_noted = names != weights.names or id in names.values()
    return weights.model_copy(update={"names": names if is_noted else {**names, new: id}})


def rename_in_run(project: Project, id: str, new: str) -> Project:
    """Let the run, and every schedule that waits for a metric, follow the metric that it watches."""
    watched = {name: getattr(project.run, name) for name in ("keep_best", "early_stopping")}
    changed = {
        name: part.model_copy(update={"metric": new}) for name, part in watched.items() if part and part.metric == id
    }
    nodes = tuple(rename_in_schedule(node, id, new) for node in project.training.nodes)
    training = project.training.model_copy(update={"nodes": nodes})
    return project.model_copy(update={"run": project.run.model_copy(update=changed), "training": training})


def rename_in_schedule(node: Node, id: str, new: str) -> Node:
    """Let the schedule of an optimizer follow the metric that it watches."""
    schedule = node.params.get("schedule")
    if not isinstance(schedule, dict) or schedule.get("metric") != id:
        return node
    return node.model_copy(update={"params": {**node.params, "schedule": {**schedule, "metric": new}}})


def rename_ports(project: Project, network: str, node: Node, new: str) -> Project:
    """Let every use of a network follow its renamed Input or Output, which names a port there."""
    side = {"Input": ("target", "target_port"), "Output": ("source", "source_port")}.get(node.kind)
    if side is None:
        return project
    end, port = side
    for path in project.graph_paths():
        graph = project.graph(path)
        renamed = {(use.id, node.id) for use in graph.nodes if use.kind in USES and named_network(use) == network}
        edges = tuple(
            edge.model_copy(update={port: new}) if (getattr(edge, end), getattr(edge, port)) in renamed else edge
            for edge in graph.edges
        )
        project = project.with_graph(path, graph.model_copy(update={"edges": edges}))
    return project


def named_network(node: Node) -> Any:
    """The network that a node names; None where it names none."""
    return node.params.get("network", DEFAULT_NETWORKS.get(node.kind))


def rename_graph(project: Project, edit: EditData) -> Project:
    """Give a network another name. It keeps its place; calls, blocks, previews, penalties and optimizers follow."""
    old, new = take(edit, "name", str), take(edit, "to", str)
    find_graph(project, NETWORKS + old)
    if new == old:
        return project
    if new in project.networks:
        raise EditError(f'There is already a network "{new}" in this project.')
    networks = {new if name == old else name: graph for name, graph in project.networks.items()}
    project = project.model_copy(update={"networks": networks})
    for path in project.graph_paths():
        graph = project.graph(path)
        nodes = tuple(rename_in_params(node, old, new) for node in graph.nodes)
        project = project.with_graph(path, graph.model_copy(update={"nodes": nodes}))
    return project


def rename_in_params(node: Node, old: str, new: str) -> Node:
    """Let the parameters of a node follow the network that they name."""
    params = dict(node.params)
    if named_network(node) == old:
        params["network"] = new
    if node.kind == "Block" and params.get("first_network") == old:
        params["first_network"] = new
    named = params.get("networks")
    if isinstance(named, list) and old in named:
        params["networks"] = [new if name == old else name for name in named]
        groups = params.get("groups")
        if isinstance(groups, list) and len(named) > 1:
            params["groups"] = [rename_in_group(group, old, new) for group in groups]
    return node if params == node.params else node.model_copy(update={"params": params})


def rename_in_group(group: Any, old: str, new: str) -> Any:
    """Let a pattern of weights follow: with several networks it starts with the name of one, ``decoder.conv*.weight``."""
    match = group.get("match") if isinstance(group, dict) else None
    if not isinstance(match, str) or not match.startswith(f"{old}."):
        return group
    return {**group, "match": new + match.removeprefix(old)}
