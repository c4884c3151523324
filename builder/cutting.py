"""A project up to one node: what has to be computed so that something can be seen there, and nothing else.

The rest may be wrong or unfinished; it is not looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from builder.document import NETWORKS, TRAINING, Edge, Graph, Node, Project
from builder.flow import Flow
from builder.ids import suggest_id
from builder.ports import network_ports
from builder.repetitions import GIVING, network_at, networks_of
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
    project, end = set_aside(project, name) if way else (project, name)
    project = cut_network(project, end, node, ports)
    inner = name
    for network, block in reversed(way):
        is_root = (network, block) == way[0]
        project, place = (project, network) if is_root else set_aside(project, network)
        project = enter_block(project, place, block, inner, end)
        inner, end = network, place
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


def set_aside(project: Project, name: str) -> tuple[Project, str]:
    """A copy of a network under a name of its own, which may be cut while other uses of the network stay as they are."""
    if name not in project.networks:
        raise CutError(f'There is no network "{name}" any more.')
    fresh = suggest_id(name, project.networks)
    return project.with_graph(NETWORKS + fresh, project.networks[name]), fresh


def cut_network(project: Project, name: str, node: str, ports: Sequence[str]) -> Project:
    """A network that ends at a node: every output of the node is one of the network."""
    graph = project.networks[name]
    kept = keep_nodes(graph, GraphView(graph).ancestors(node) | {node} | find_inputs(graph))
    ends = [Node(id=make_id(f"seen_{i}", graph), kind="Output") for i in range(len(ports))]
    links = [Edge(source=node, source_port=port, target=end.id) for port, end in zip(ports, ends, strict=True)]
    cut = kept.model_copy(update={"nodes": (*kept.nodes, *ends), "edges": (*kept.edges, *links)})
    return project.with_graph(NETWORKS + name, cut)


def enter_block(project: Project, network: str, block: str, inner: str, cut: str) -> Project:
    """A network that ends at a block whose network ``inner`` was cut: ``cut`` runs once, and its outputs are the network's.

    Where it is not the network of the first repetition, the first runs before it as a block of its own.
    """
    graph = project.networks[network]
    found = graph.by_id().get(block)
    if found is None or inner not in networks_of(found):
        raise CutError(f'There is no block "{block}" in "{network}" any more.')
    if network_at(found, 0) != inner:
        graph = put_first_before(project, graph, found)
    once = use_once(found, inner)
    once = once.model_copy(update={"params": {**once.params, "network": cut}})
    nodes = tuple(once if node.id == block else node for node in graph.nodes)
    project = project.with_graph(NETWORKS + network, graph.model_copy(update={"nodes": nodes}))
    ports = [node.id for node in project.networks[cut].nodes if node.kind == "Output"]
    return cut_network(project, network, block, ports)


def use_once(block: Node, inner: str) -> Node:
    """A block that uses one of its networks once, with what that is given."""
    given = [block.params.get(param) for param in GIVING[: 2 if network_at(block, 0) == inner else 1]]
    arguments = {name: value for values in given if isinstance(values, dict) for name, value in values.items()}
    params: dict[str, JsonValue] = {"network": inner, "arguments": arguments}
    return block.model_copy(update={"params": params, "weights_of": None})


def put_first_before(project: Project, graph: Graph, block: Node) -> Graph:
    """The graph with the first repetition of a block as a block of its own before it."""
    first = use_once(block, network_at(block, 0)).model_copy(update={"id": make_id(f"{block.id}_first", graph)})
    (theirs, outputs), (ours, _) = (network_ports(project.networks.get(network_at(block, turn))) for turn in (0, 1))
    names = {port.name: other.name for port, other in zip(ours, theirs, strict=False)}
    into = [edge for edge in graph.edges if edge.target == block.id]
    taken = [edge.model_copy(update={"target": first.id, "target_port": names[edge.target_port]})
             for edge in into if edge.target_port in names]  # fmt: skip
    handed = [Edge(source=first.id, source_port=output.name, target=block.id, target_port=port.name)
              for output, port in zip(outputs, ours, strict=False)]  # fmt: skip
    fed = {edge.target_port for edge in handed}
    kept = [edge for edge in graph.edges if edge.target != block.id or edge.target_port not in fed]
    return graph.model_copy(update={"nodes": (first, *graph.nodes), "edges": (*kept, *taken, *handed)})


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
            for inner in networks_of(node):
                if inner not in ways:
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
