"""A project together with all that is known of it: what the rules look at and the repairs are made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from builder.bypass import is_off, leave_out
from builder.closeups import Closeup, Trait, look_at
from builder.document import TRAINING, Edge, Graph, Node, Project
from builder.flow import Flow, NodeFlow
from builder.phrases import quote
from builder.topology import GraphView


@dataclass(frozen=True)
class Place:
    """One graph of a project, with everything that is known of it."""

    project: Project
    path: str
    graph: Graph
    flows: Mapping[str, Flow]

    @property
    def flow(self) -> Flow:
        """What is known of the nodes of this graph."""
        return self.flows[self.path]

    @cached_property
    def view(self) -> GraphView:
        """The links of the graph."""
        return GraphView(self.graph)

    @cached_property
    def drawn(self) -> GraphView:
        """The graph as it is drawn, with the nodes that are switched off."""
        drawn = self.project.graph(self.path)
        return self.view if drawn is self.graph else GraphView(drawn)

    @cached_property
    def live(self) -> Place:
        """This place without the nodes that are switched off, each link starting where its value comes from."""
        if not self.having(is_switched_off):
            return self
        graph = leave_out(self.graph, self.flow)
        flow = Flow({node.id: self.flow.nodes[node.id] for node in graph.nodes})
        return Place(self.project, self.path, graph, {**self.flows, self.path: flow})

    @property
    def is_training(self) -> bool:
        """Whether this is the training graph."""
        return self.path == TRAINING

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes by id."""
        return self.view.nodes

    @cached_property
    def closeups(self) -> list[Closeup]:
        """Every node by itself."""
        flows, links = self.flow.nodes, self.view.links
        return [look_at(node, flows[id], links[id]) for id, node in self.nodes.items()]

    @cached_property
    def _bearers(self) -> dict[Trait, tuple[Node, ...]]:
        """The nodes that were found to bear a trait."""
        return {}

    def having(self, trait: Trait) -> tuple[Node, ...]:
        """The nodes that bear a trait. Of a node that did not change it is remembered whether it does."""
        found = self._bearers.get(trait)
        if found is None:
            found = self._bearers[trait] = tuple([seen.node for seen in self.closeups if seen[trait]])
        return found

    @cached_property
    def looped(self) -> frozenset[str]:
        """The nodes that wait for themselves."""
        return frozenset(id for cycle in self.view.cycles for id in cycle)

    def known(self) -> Iterator[tuple[Node, NodeFlow]]:
        """Every node whose kind is known and whose parameters hold, with what is known of it."""
        for node in self.nodes.values():
            flow = self.flow.nodes[node.id]
            if flow.kind is not None and flow.params is not None:
                yield node, flow

    def role(self, id: str) -> str:
        """The role of a node of the training graph; empty where it has none."""
        return str(getattr(self.flow.nodes[id].kind, "role", ""))

    def who(self, id: str) -> str:
        """How a node is called at the start of a sentence: ``Conv2d "conv2"``."""
        return f"{self.nodes[id].kind} {quote(id)}" if id in self.nodes else quote(id)

    def before(self, id: str, port: str = "input") -> Edge | None:
        """The link into a port."""
        return self.view.incoming(id).get(port)


def is_switched_off(seen: Closeup) -> bool:
    """Whether a node is left out."""
    return is_off(seen.node, seen.flow.kind)


@dataclass(frozen=True)
class Survey:
    """A whole project, seen by the rules. Most look at ``places``, in which nodes that are switched off are left out."""

    project: Project
    drawn: tuple[Place, ...]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The graphs as they run."""
        return tuple(place.live for place in self.drawn)

    def place(self, path: str) -> Place:
        """The graph at a path."""
        return next(place for place in self.places if place.path == path)

    @cached_property
    def training(self) -> Place:
        """The training graph."""
        return self.place(TRAINING)

    @cached_property
    def drawn_training(self) -> Place:
        """The training graph with the nodes that are switched off."""
        return next(place for place in self.drawn if place.is_training)

    @cached_property
    def unopened(self) -> tuple[str, ...]:
        """The sources of which nothing is known yet."""
        return tuple(name for name, source in self.project.data.items() if source.facts is None)
