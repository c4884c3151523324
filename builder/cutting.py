"""A project up to one node: what has to be computed so that something can be seen there, and nothing else.

The rest may be wrong or unfinished; it is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from builder.document import NETWORKS, TRAINING, Edge, Graph, Node, Project
from builder.flow import Flow
from builder.shape_flow import infer
from builder.topology import GraphView

Step = tuple[str, str]
"""A Block node on the way into a block: the network it stands in and its id."""


class CutError(ValueError):
    """Nothing can be computed at a node. The text is a sentence that says why and what to do."""


@dataclass(frozen=True)
class Cut:
    """A project that ends at one node. ``call``: the training graph's node whose outputs are those of the node."""

    project: Project
    call: str
    ports: tuple[str, ...]


def cut_project(project: Project, path: str, node: str, way: Sequence[Step] = ()) -> Cut:
    """Leave out of a project what one node does not need.

    Args:
        project: any project; only what the node depends on has to be right.
        path: the graph of the node.
        node: its id.
        way: for a node in a block the Block nodes that lead to it, outermost first; the first use there is otherwise.

    Raises:
        CutError: there is no such node, or no data reaches it.
    """
    if path not in project.graph_paths() or node not in project.graph(path).by_id():
        raise CutError(f'There is no node "{node}" here any more.')
    flows = infer(project)
    if path == TRAINING:
        return cut_training(project, node, flows[TRAINING])
    name = path.removeprefix(NETWORKS)
    way = tuple(way) or find_way(project, name)
    ports = tuple(port.name for port in flows[path].nodes[node].out_ports)
    project = cut_network(project, name, node, ports)
    for network, block in reversed(way):
        project = enter_block(project, network, block)
    root = way[0][0] if way else name
    call = next(iter(calls_of(project, root)), None)
    if call is None:
        raise CutError(
            f'The training graph never calls the network "{root}", so no data reaches "{node}". Add a Network node for it.'
        )
    training = keep_nodes(project.training, GraphView(project.training).ancestors(call) | {call})
    return Cut(project.with_graph(TRAINING, training), call, ports or ("output",))


def cut_training(project: Project, node: str, flow: Flow) -> Cut:
    """The training graph up to one of its nodes."""
    ports = tuple(port.name for port in flow.nodes[node].out_ports)
    training = keep_nodes(project.training, GraphView(project.training).ancestors(node) | {node})
    return Cut(project.with_graph(TRAINING, training), node, ports or ("value",))


def cut_network(project: Project, name: str, node: str, ports: Sequence[str]) -> Project:
    """A network that ends at a node: every output of the node is one of the network."""
    graph = project.networks[name]
    kept = keep_nodes(graph, GraphView(graph).ancestors(node) | {node} | find_inputs(graph))
    ends = [Node(id=make_id(f"seen_{i}", graph), kind="Output") for i in range(len(ports))]
    links = [Edge(source=node, source_port=port, target=end.id) for port, end in zip(ports, ends, strict=True)]
    cut = kept.model_copy(update={"nodes": (*kept.nodes, *ends), "edges": (*kept.edges, *links)})
    return project.with_graph(NETWORKS + name, cut)


def enter_block(project: Project, network: str, block: str) -> Project:
    """A network that ends at a block which was cut: the block runs once, and its outputs are those of the network."""
    graph = project.networks[network]
    found = graph.by_id().get(block)
    if found is None:
        raise CutError(f'There is no block "{block}" in "{network}" any more.')
    inner = project.networks[str(found.params.get("network"))]
    once = found.model_copy(update={"params": {**found.params, "repeat": 1}, "weights_of": None})
    nodes = tuple(once if node.id == block else node for node in graph.nodes)
    project = project.with_graph(NETWORKS + network, graph.model_copy(update={"nodes": nodes}))
    ports = [node.id for node in inner.nodes if node.kind == "Output"]
    return cut_network(project, network, block, ports)


def find_inputs(graph: Graph) -> set[str]:
    """The Inputs of a network, which are its ports whether a node needs them or not."""
    return {node.id for node in graph.nodes if node.kind == "Input"}


def find_way(project: Project, name: str) -> tuple[Step, ...]:
    """The Block nodes that lead from a network which the training graph calls to this one; none where it is called itself."""
    ways: dict[str, tuple[Step, ...]] = {
        str(node.params.get("network", "model")): () for node in project.training.nodes if node.kind == "Network"
    }
    waiting = list(ways)
    while waiting and name not in ways:
        network = waiting.pop(0)
        for node in project.networks[network].nodes if network in project.networks else ():
            inner = node.params.get("network")
            if node.kind == "Block" and isinstance(inner, str) and inner not in ways:
                ways[inner] = (*ways[network], (network, node.id))
                waiting.append(inner)
    return ways.get(name, ())


def calls_of(project: Project, network: str) -> list[str]:
    """The nodes of the training graph that call a network."""
    nodes = project.training.nodes
    return [node.id for node in nodes if node.kind == "Network" and node.params.get("network", "model") == network]


def keep_nodes(graph: Graph, ids: Collection[str]) -> Graph:
    """The part of a graph that consists of these nodes and the links among them."""
    owners = {node.weights_of for node in graph.nodes if node.id in ids and node.weights_of}
    nodes = tuple(node for node in graph.nodes if node.id in ids or node.id in owners)
    kept = {node.id for node in nodes}
    edges = tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept)
    return graph.model_copy(update={"nodes": nodes, "edges": edges})


def make_id(wish: str, graph: Graph) -> str:
    """An id that no node of the graph has."""
    taken = graph.by_id()
    while wish in taken:
        wish += "_"
    return wish
