"""Links that end where nothing is, or where another ends already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from builder.document import Edge
from builder.findings import Finding, Repair
from builder.phrases import join_words, quote
from builder.ports import Ports, missing_ports, port_named
from builder.repairs import connect, remove_link
from builder.rules.base import GraphRule
from builder.rules.connections import is_taken
from builder.survey import Place


class CrowdedPortRule(GraphRule):
    """An input takes one link."""

    code = "S003"
    title = "Two links into one input"
    sees_all = True

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
    sees_all = True

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each link without its node or port."""
        for edge in place.graph.edges:
            for id, other in ((edge.source, edge.target), (edge.target, edge.source)):
                if id not in place.nodes:
                    text = f"{place.who(other)}: a link joins it to {quote(id)}, and there is no such node. Remove the link."
                    node = other if other in place.nodes else None
                    yield self.find(place, text, node, repairs=[remove_link(place, edge)])
                    break
            else:
                yield from self.check_ports(place, edge)

    def check_ports(self, place: Place, edge: Edge) -> Iterator[Finding]:
        """One finding for a link without its output or input."""
        outputs, inputs = place.flow.nodes[edge.source].out_ports, place.flow.nodes[edge.target].in_ports
        if has_fixed_ports(place, edge.source, outputs) and port_named(outputs, edge.source_port) is None:
            names = [port.name for port in outputs]
            yield self.report(place, edge, (edge.source, edge.source_port), "output", names)
        elif has_fixed_ports(place, edge.target, inputs) and port_named(inputs, edge.target_port) is None:
            names = [port.name for port in inputs]
            yield self.report(place, edge, (edge.target, edge.target_port), "input", names)

    def report(self, place: Place, edge: Edge, end: tuple[str, str], side: str, names: list[str]) -> Finding:
        """Say that a node has no such port, and which it has."""
        id, port = end
        there = f"it has {join_words(map(quote, names))}" if names else f"it has no {side}s"
        text = f"{place.who(id)}: a link uses its {side} {quote(port)}, and {there}. "
        meant = find_meant(place, edge, side)
        if meant:
            text += f"Use {quote(meant)}, or remove the link."
            return self.find(place, text, id, port=port, repairs=[relink(place, edge, side, meant)])
        text += f"Remove the link, or use another {side}." if names else "Remove the link."
        return self.find(place, text, id, port=port, repairs=[remove_link(place, edge)])


def has_fixed_ports(place: Place, id: str, ports: Ports) -> bool:
    """Whether the ports of a node are known: a name of a missing network or source has a rule of its own."""
    flow = place.flow.nodes[id]
    return flow.params is not None and (bool(ports) or not (flow.kind and flow.kind.dynamic_ports))


def find_meant(place: Place, edge: Edge, side: str) -> str | None:
    """The only port of the node that could have been meant; None where there are several or none."""
    if side == "input":
        flow = place.flow.nodes[edge.target]
        free = missing_ports(flow.in_ports, place.view.incoming(edge.target))
        return free[0].name if len(free) == 1 and not free[0].variadic else None
    port = port_named(place.flow.nodes[edge.target].in_ports, edge.target_port)
    outputs = place.flow.nodes[edge.source].outputs
    fitting = [name for name, spec in outputs.items() if port and is_taken(place, place.nodes[edge.target], port, spec)]
    return fitting[0] if len(fitting) == 1 else None


def relink(place: Place, edge: Edge, side: str, port: str) -> Repair:
    """Let a link use another port of the same node."""
    ends = {"source_port": port} if side == "output" else {"target_port": port}
    new = edge.model_copy(update=ends)
    gone = remove_link(place, edge).edits
    added = connect(place, (new.source, new.source_port), (new.target, new.target_port))
    return Repair(f"Use {quote(port)}", (*gone, added))
