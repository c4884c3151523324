"""The networkx view of a graph, of either kind: order, cycles, reachability. Every structural question is asked here."""

from __future__ import annotations

from collections import Counter, deque
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

import networkx as nx

from builder.document import Edge, Graph


class Links(NamedTuple):
    """The ports of a node at which links end, and those at which links start."""

    ends: frozenset[str] = frozenset()
    starts: frozenset[str] = frozenset()


name_links = lru_cache(Links)
"""Equal links are one object, so that what is remembered of a node by identity outlives changes elsewhere in a graph."""


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
        self._upstream: dict[frozenset[str], frozenset[str]] = {}
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

    @cached_property
    def links(self) -> dict[str, Links]:
        """Of every node the ports that have links."""
        return {
            id: name_links(frozenset(incoming), frozenset([edge.source_port for edge in self._outgoing[id]]))
            for id, incoming in self._incoming.items()
        }

    @cached_property
    def crowded(self) -> dict[tuple[str, str], int]:
        """The inputs at which several links end, and their number."""
        ends = Counter((edge.target, edge.target_port) for edge in self.edges if edge.target in self.position)
        return {end: count for end, count in ends.items() if count > 1}

    @cached_property
    def lost(self) -> tuple[Edge, ...]:
        """The links that start or end at nodes which do not exist."""
        known = self.position
        return tuple(edge for edge in self.edges if edge.source not in known or edge.target not in known)

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

    def upstream(self, ids: frozenset[str]) -> frozenset[str]:
        """These nodes and every one whose value reaches one of them; found once."""
        found = self._upstream.get(ids)
        if found is None:
            found = self._upstream[ids] = frozenset(ids.union(*(nx.ancestors(self._digraph, id) for id in ids)))
        return found


RECENT = 32


class RecentTopologies:
    """The structures that were asked for last. Most edits change a node and no link, and leave the structure as it is."""

    def __init__(self) -> None:
        self._known: deque[tuple[tuple[str, ...], Topology]] = deque(maxlen=RECENT)
        self._lock = Lock()

    def find(self, graph: Graph) -> Topology:
        """The structure of a graph: a known one where names and links are the same."""
        ids = tuple([node.id for node in graph.nodes])
        with self._lock:
            for place, known in enumerate(self._known):
                # Links that nothing changed are the same objects, so that to compare them costs little.
                if known[0] == ids and (known[1].edges is graph.edges or known[1].edges == graph.edges):
                    del self._known[place]
                    break
            else:
                known = (ids, Topology(ids, graph.edges))
            self._known.appendleft(known)
            return known[1]


recent = RecentTopologies()


class GraphView:
    """Answers about one graph. Links that name nodes which do not exist are left out."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes = graph.by_id()
        self.topology = recent.find(graph)
        self.position = self.topology.position
        self.links = self.topology.links
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
