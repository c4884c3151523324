"""Nodes that are switched off: whether a use can be, what stands for its output, and the graph as it is without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from builder.document import Edge, Graph, Node
from builder.flow import Flow, NodeFlow
from builder.kinds import Kind
from builder.ports import arrange
from builder.topology import GraphView

Output = tuple[str, str]


def is_off(node: Node, kind: type[Kind] | None) -> bool:
    """Whether a node is left out. A network's ports always stay, and nobody knows what a kind that is unknown hands on."""
    return node.bypassed and kind is not None and kind.bypass != "never"


def passed_port(flow: NodeFlow, linked: Collection[str]) -> str | None:
    """The input that a node hands on while it is off: the first with a link, in the order of the ports."""
    if flow.kind is None or flow.kind.bypass != "through":
        return None
    arranged = arrange(flow.in_ports, {port: port for port in linked})
    return next((port for port in arranged if port is not None), None)


def find_origin(view: GraphView, flows: Mapping[str, NodeFlow], edge: Edge) -> Output | None:
    """The output that really arrives through a link: that behind all nodes that are off. None where they hand on nothing."""
    source, port = edge.source, edge.source_port
    seen: set[str] = set()
    while source in flows and is_off(view.nodes[source], flows[source].kind):
        flow = flows[source]
        links = view.incoming(source)
        passed = passed_port(flow, links)
        if passed is None or source in seen or [port] != [first.name for first in flow.out_ports[:1]]:
            return None
        seen.add(source)
        source, port = links[passed].source, links[passed].source_port
    return source, port


def leave_out(graph: Graph, flow: Flow) -> Graph:
    """The graph as it runs: without the nodes that are off, each link starting where its value comes from."""
    view = GraphView(graph)
    off = {id for id, node in view.nodes.items() if is_off(node, flow.nodes[id].kind)}
    if not off:
        return graph
    edges = []
    for edge in graph.edges:
        origin = find_origin(view, flow.nodes, edge) if edge.source in off else (edge.source, edge.source_port)
        if origin and edge.target not in off:
            edges.append(edge.model_copy(update={"source": origin[0], "source_port": origin[1]}))
    nodes = tuple(node for node in graph.nodes if node.id not in off)
    return graph.model_copy(update={"nodes": nodes, "edges": tuple(edges)})
