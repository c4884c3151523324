"""Nodes that wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import Edge
from builder.findings import Finding
from builder.phrases import join_words, quote
from builder.ports import missing_ports
from builder.repairs import remove_link
from builder.rules.base import GraphRule
from builder.survey import Place
from builder.topology import GraphView


class CycleRule(GraphRule):
    """No node can wait for its own result."""

    code = "S001"
    title = "Links form a circle"
    sees_all = True

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each group of nodes that wait for each other."""
        for cycle in place.view.cycles:
            back = find_back_link(place, cycle)
            repairs = [remove_link(place, back)] if back else []
            yield self.find(place, describe_cycle(place, cycle), cycle[0], repairs=repairs)


def describe_cycle(place: Place, cycle: list[str]) -> str:
    """Say which nodes wait for each other, and how to end it."""
    if len(cycle) == 1:
        return f"{place.who(cycle[0])}: it is linked to itself, so it waits for its own result. Remove that link."
    others = join_words(quote(id) for id in cycle[1:])
    return (
        f"{place.who(cycle[0])}: it forms a circle with {others}, so each waits for another's result. "
        "Remove one of the links between them."
    )


def find_back_link(place: Place, cycle: list[str]) -> Edge | None:
    """The link back to an earlier node whose removal opens the circle and leaves no input without a link."""
    inside = [edge for edge in place.graph.edges if edge.source in cycle and edge.target in cycle]
    position = place.view.position
    for edge in sorted(inside, key=lambda edge: position[edge.target] - position[edge.source]):
        rest = tuple(other for other in place.graph.edges if other.ends() != edge.ends())
        left = {id for group in GraphView(place.graph.model_copy(update={"edges": rest})).cycles for id in group}
        if not left.intersection(cycle) and can_spare(place, edge):
            return edge
    return None


def can_spare(place: Place, edge: Edge) -> bool:
    """Whether a node has what it needs without this link."""
    others = {port for port in place.view.incoming(edge.target) if port != edge.target_port}
    return not missing_ports(place.flow.nodes[edge.target].in_ports, dict.fromkeys(others))
