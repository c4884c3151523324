"""Names of nodes and networks: each once, and each usable in code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import NETWORKS, Node
from builder.findings import Finding
from builder.flow import NodeFlow
from builder.ids import find_fault, suggest_id
from builder.phrases import name_graph, quote
from builder.repairs import rename, rename_later, rename_network
from builder.rules.base import GraphRule, NodeRule, Rule
from builder.survey import Place, Survey


class DuplicateIdRule(GraphRule):
    """Names are unique in their graph."""

    code = "S009"
    title = "Name used twice"
    sees_all = True

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each name that several nodes bear."""
        if len(place.nodes) == len(place.graph.nodes):
            return
        for name, count in Counter(node.id for node in place.graph.nodes).items():
            if count > 1:
                text = (
                    f"{quote(name)}: {count} nodes of the {name_graph(place.path)} bear this name, so links cannot tell them "
                    "apart. Give each a name of its own; the links stay with the first."
                )
                yield self.find(place, text, name, repairs=[rename_later(place, name)])


class IllegalIdRule(NodeRule):
    """Names can be used in code."""

    code = "S010"
    title = "Name cannot be used"
    sees_all = True

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether the name of a node cannot be used."""
        return bool(find_fault(seen.node.id))

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say why the name cannot be used, and one that can."""
        better = suggest_id(node.id, place.nodes)
        fault = find_fault(node.id)
        text = f"{place.who(node.id)}: this name cannot be used, since {fault}. Rename it, such as to {quote(better)}."
        yield self.find(place, text, node.id, repairs=[rename(place, node.id, better)])


class IllegalNetworkNameRule(Rule):
    """Names of networks can be used in code."""

    code = "S011"
    title = "Name of a network cannot be used"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each network whose name cannot be used."""
        for name in survey.project.networks:
            fault = find_fault(name)
            if fault:
                better = suggest_id(name, survey.project.networks)
                text = f"Network {quote(name)}: this name cannot be used, since {fault}. Rename it, such as to {quote(better)}."
                place = survey.place(NETWORKS + name)
                yield self.find(place, text, repairs=[rename_network(place, better)])
