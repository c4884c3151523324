"""Nodes that are switched off while others need what they give."""

from __future__ import annotations

from collections.abc import Iterator

from builder.bypass import find_origin
from builder.document import Edge, Node
from builder.findings import Finding
from builder.flow import NodeFlow
from builder.kinds import Port
from builder.phrases import join_words, quote
from builder.ports import missing_ports, port_named
from builder.repairs import set_node
from builder.rules.base import NodeRule
from builder.survey import Place, is_switched_off


class BypassRule(NodeRule):
    """What is switched off hands its input on, or nobody needs what it gives."""

    code = "S013"
    title = "Switched off and still needed"
    sees_all = True
    is_suspect = staticmethod(is_switched_off)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where a node is off, hands nothing on, and leaves another node without what it needs."""
        needing = dict.fromkeys(edge.target for edge in place.view.outgoing(node.id) if is_needed(place, edge))
        if needing:
            names = join_words(quote(id) for id in needing)
            text = (
                f"{place.who(node.id)}: it is switched off and has nothing to hand on in place of what {names} "
                f"{'needs' if len(needing) == 1 else 'need'}. Switch it on, or link something else."
            )
            yield self.find(place, text, node.id, repairs=[set_node(place, node.id, "Switch it on", bypassed=False)])


def is_needed(place: Place, edge: Edge) -> bool:
    """Whether nothing arrives through a link and its target cannot do without."""
    target = place.live.nodes.get(edge.target)
    if target is None or find_origin(place.view, place.flow.nodes, edge):
        return False
    missing = missing_ports(place.flow.nodes[edge.target].in_ports, place.live.view.incoming(edge.target))
    return port_named(tuple(missing), edge.target_port) is not None


def is_cut(place: Place, id: str, port: Port) -> bool:
    """Whether a port lacks a value although it has a link, since only nodes that are off lie before it."""
    drawn, live = place.drawn.incoming(id), place.live.view.incoming(id)
    return any(name not in live and port_named((port,), name) for name in drawn)
