"""Links that end where nothing is, or where another ends already."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import Edge
from builder.findings import Finding, Repair
from builder.flow import NodeFlow
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
        for (id, port), count in place.view.topology.crowded.items():
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
        if not place.view.topology.lost and not place.having(lacks_linked_port):
            return
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
        source, target = place.flow.nodes[edge.source], place.flow.nodes[edge.target]
        if lacks_port(source, source.out_ports, edge.source_port):
            names = [port.name for port in source.out_ports]
            yield self.report(place, edge, (edge.source, edge.source_port), "output", names)
        elif lacks_port(target, target.in_ports, edge.target_port):
            names = [port.name for port in target.in_ports]
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


def lacks_linked_port(seen: Closeup) -> bool:
    """Whether a link uses a port that its node has not."""
    flow = seen.flow
    ends = any(lacks_port(flow, flow.in_ports, name) for name in seen.links.ends)
    return ends or any(lacks_port(flow, flow.out_ports, name) for name in seen.links.starts)


def lacks_port(flow: NodeFlow, ports: Ports, name: str) -> bool:
    """Whether the ports of a node are known, and this is none: a missing network or source has a rule of its own."""
    is_known = flow.params is not None and (bool(ports) or not (flow.kind and flow.kind.dynamic_ports))
    return is_known and port_named(ports, name) is None


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
