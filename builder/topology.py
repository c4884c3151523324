"""The networkx view of a graph, of either kind: order, cycles, reachability. Every structural question is asked here."""

from __future__ import annotations

from functools import cached_property

import networkx as nx

from builder.document import Edge, Graph


class GraphView:
    """Answers about one graph. Links that name nodes which do not exist are left out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = graph.by_id()
        self.position: dict[str, int] = {}
        for i, node in enumerate(graph.nodes):
            self.position.setdefault(node.id, i)
        self._digraph: nx.DiGraph[str] = nx.DiGraph()
        self._digraph.add_nodes_from(self.position)
        self._incoming: dict[str, dict[str, Edge]] = {id: {} for id in self.position}
        self._outgoing: dict[str, list[Edge]] = {id: [] for id in self.position}
        for edge in graph.edges:
            if edge.source in self.position and edge.target in self.position:
                self._digraph.add_edge(edge.source, edge.target)
                self._incoming[edge.target][edge.target_port] = edge
                self._outgoing[edge.source].append(edge)

    @cached_property
    def cycles(self) -> list[list[str]]:
        """The groups of nodes that wait for each other, each in the document's order."""
        groups = nx.strongly_connected_components(self._digraph)
        looped = [g for g in groups if len(g) > 1 or self._digraph.has_edge(*(2 * list(g)))]
        return sorted((sorted(g, key=self.position.__getitem__) for g in looped), key=lambda g: self.position[g[0]])

    @cached_property
    def order(self) -> list[str]:
        """Topological order with the document's order as tie-break; nodes in a cycle, or behind one, are left out."""
        looped = {id for cycle in self.cycles for id in cycle}
        behind = {id for start in looped for id in nx.descendants(self._digraph, start)}
        free = self._digraph.subgraph(set(self.position) - looped - behind)
        return list(nx.lexicographical_topological_sort(free, key=self.position.__getitem__))

    def incoming(self, id: str) -> dict[str, Edge]:
        """The link into each port of a node."""
        return self._incoming[id]

    def outgoing(self, id: str) -> list[Edge]:
        """The links that leave a node."""
        return self._outgoing[id]

    def ancestors(self, id: str) -> set[str]:
        """Every node whose value reaches this one."""
        return set(nx.ancestors(self._digraph, id))

    def descendants(self, id: str) -> set[str]:
        """Every node that this one's value reaches."""
        return set(nx.descendants(self._digraph, id))


def port_order(port: str) -> tuple[str, int]:
    """Sort key of a port's name: variadic ports by their number (``inputs.2`` before ``inputs.10``)."""
    name, _, number = port.partition(".")
    return name, int(number) if number.isdigit() else -1
