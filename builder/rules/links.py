"""Links that end where nothing is, or where another ends already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from builder.document import Edge
from builder.findings import Finding
from builder.phrases import join_words, quote
from builder.ports import port_named
from builder.repairs import remove_link
from builder.rules.base import GraphRule
from builder.survey import Place


class CrowdedPortRule(GraphRule):
    """An input takes one link."""

    code = "S003"
    title = "Two links into one input"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each input with several links."""
        ends = Counter((edge.target, edge.target_port) for edge in place.graph.edges)
        for (id, port), count in ends.items():
            if count > 1 and id in place.nodes:
                links = [edge for edge in place.graph.edges if (edge.target, edge.target_port) == (id, port)]
                sources = join_words(quote(edge.source) for edge in links)
                text = (
                    f"{place.who(id)}: {count} links end at its input {quote(port)}, from {sources}, and an input takes one. "
                    "Remove all but one, or bring them together in an Add or Concat first."
                )
                distinct = len({edge.ends() for edge in links}) == len(links)
                repairs = [remove_link(place, edge) for edge in links[1:]] if distinct and count == 2 else []
                yield self.find(place, text, id, port=port, repairs=repairs)


class LostLinkRule(GraphRule):
    """A link starts at an output and ends at an input that are there."""

    code = "S004"
    title = "Link to nothing"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each link without its node or port."""
        for edge in place.graph.edges:
            fault = self.find_fault(place, edge)
            if fault:
                id, port, text = fault
                node = id if id in place.nodes else None
                yield self.find(place, text, node, port=port, repairs=[remove_link(place, edge)])

    def find_fault(self, place: Place, edge: Edge) -> tuple[str, str, str] | None:
        """Which end of a link is missing, and the sentence for it."""
        for id, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if id not in place.nodes:
                text = (
                    f"{place.who(other)}: a link joins it to {quote(id)}, and there is no such node. Remove the link."
                )
                return other, "", text
        leaves, arrives = place.flow.nodes[edge.source], place.flow.nodes[edge.target]
        if leaves.params is not None and port_named(leaves.out_ports, edge.source_port) is None:
            names = [port.name for port in leaves.out_ports]
            return edge.source, edge.source_port, describe(place, edge.source, "output", edge.source_port, names)
        if arrives.params is not None and port_named(arrives.in_ports, edge.target_port) is None:
            names = [port.name for port in arrives.in_ports]
            return edge.target, edge.target_port, describe(place, edge.target, "input", edge.target_port, names)
        return None


def describe(place: Place, id: str, side: str, port: str, names: list[str]) -> str:
    """Say that a node has no such port, and which it has."""
    there = f"it has {join_words(map(quote, names))}" if names else f"it has no {side}s"
    return (
        f"{place.who(id)}: a link uses its {side} {quote(port)}, and {there}. Remove the link, or use another {side}."
    )
