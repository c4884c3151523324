"""The networkx view of a graph, of either kind: order, cycles, reachability. Every structural question is asked here."""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from threading import Lock

import networkx as nx

from builder.document import Edge, Graph


class Topology:
    """Which nodes a graph has and how links join them, without what the nodes are. Links to nothing are left out."""

    def __init__(self, ids: tuple[str, ...], edges: tuple[Edge, ...]) -> None:
        self.edges = edges
        self.position: dict[str, int] = {}
        for i, id in enumerate(ids):
            self.position.setdefault(id, i)
        self._digraph: nx.DiGraph[str] = nx.DiGraph()
        self._digraph.add_nodes_from(self.position)
        self._incoming: dict[str, dict[str, Edge]] = {id: {} for id in self.position}
        self._outgoing: dict[str, list[Edge]] = {id: [] for id in self.position}
        for edge in edges:
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
        free = self._digraph.subgraph(set(self.position) - looped - behind) if looped else self._digraph
        return list(nx.lexicographical_topological_sort(free, key=self.position.__getitem__))

    @cached_property
    def groups(self) -> list[list[str]]:
        """The nodes, grouped by whether links join them in any direction; each group in the document's order."""
        groups = nx.weakly_connected_components(self._digraph)
        return [sorted(group, key=self.position.__getitem__) for group in groups]

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


RECENT = 32


class RecentTopologies:
    """The structures that were asked for last. Most edits change a node and no link, and leave the structure as it is."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, tuple[str, ...]], Topology] = OrderedDict()
        self._lock = Lock()

    def find(self, graph: Graph) -> Topology:
        """The structure of a graph. A known one holds its links, so that no others can have their identity."""
        key = (id(graph.edges), tuple([node.id for node in graph.nodes]))
        with self._lock:
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = Topology(key[1], graph.edges)
            self._known.move_to_end(key)
            while len(self._known) > RECENT:
                self._known.popitem(last=False)
            return known


recent = RecentTopologies()


class GraphView:
    """Answers about one graph. Links that name nodes which do not exist are left out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = graph.by_id()
        self.topology = recent.find(graph)
        self.position = self.topology.position
        self.incoming = self.topology.incoming
        self.outgoing = self.topology.outgoing
        self.ancestors = self.topology.ancestors
        self.descendants = self.topology.descendants

    @property
    def cycles(self) -> list[list[str]]:
        """The groups of nodes that wait for each other, each in the document's order."""
        return self.topology.cycles

    @property
    def order(self) -> list[str]:
        """Topological order with the document's order as tie-break; nodes in a cycle, or behind one, are left out."""
        return self.topology.order

    @property
    def groups(self) -> list[list[str]]:
        """The nodes, grouped by whether links join them in any direction; each group in the document's order."""
        return self.topology.groups


def port_order(port: str) -> tuple[str, int]:
    """Sort key of a port's name: variadic ports by their number (``inputs.2`` before ``inputs.10``)."""
    name, _, number = port.partition(".")
    return name, int(number) if number.isdigit() else -1
