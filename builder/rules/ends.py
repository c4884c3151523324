"""A network without a beginning or an end."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.ids import is_legal
from builder.phrases import name_graph, quote
from builder.repairs import beside, connect, new_node
from builder.rules.base import GraphRule
from builder.survey import Place


class NoInputRule(GraphRule):
    """A network has an Input."""

    code = "S007"
    title = "No Input"
    where = "network"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for a network without an Input, or with nothing at all."""
        if any(node.kind == "Input" for node in place.graph.nodes):
            return
        first = next((node for node in place.graph.nodes if is_first(place, node)), None)
        added = new_node(place, "Input", {"shape": "$shape"}, beside(first, -1), 0, asked_port(place, "target"))
        start = (added["node"]["id"], "output")
        if not place.graph.nodes:
            last = new_node(place, "Output", {}, beside(None, 1), 1, asked_port(place, "source"))
            edits = (added, last, connect(place, start, (last["node"]["id"], "input")))
            text = f"The {name_graph(place.path)} is empty. Add an Input, layers and an Output."
            yield self.find(place, text, repairs=[Repair("Add an Input and an Output", edits)])
            return
        linked = (added, connect(place, start, (first.id, "input"))) if first else (added,)
        text = (
            f"The {name_graph(place.path)} has no Input, so no data can enter it. Add an Input before its first layer."
        )
        yield self.find(place, text, repairs=[Repair("Add an Input", linked)])


class NoOutputRule(GraphRule):
    """A network has an Output."""

    code = "S008"
    title = "No Output"
    where = "network"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for a network of some nodes and no Output."""
        if place.graph.nodes and all(node.kind != "Output" for node in place.graph.nodes):
            last = next((node for node in reversed(place.graph.nodes) if is_last(place, node)), None)
            added = new_node(place, "Output", {}, beside(last, 1), len(place.graph.nodes), asked_port(place, "source"))
            output = place.flow.nodes[last.id].out_ports[0].name if last else ""
            edits = (added, connect(place, (last.id, output), (added["node"]["id"], "input"))) if last else (added,)
            after = f" after {quote(last.id)}" if last else ""
            text = f"The {name_graph(place.path)} has no Output, so it gives no answer. Add an Output{after}."
            yield self.find(place, text, repairs=[Repair("Add an Output", edits)])


def is_first(place: Place, node: Node) -> bool:
    """Whether a node waits for exactly one input."""
    flow = place.flow.nodes[node.id]
    return not place.view.incoming(node.id) and [port.name for port in flow.in_ports] == ["input"]


def is_last(place: Place, node: Node) -> bool:
    """Whether a node's result leads nowhere yet."""
    return bool(place.flow.nodes[node.id].out_ports) and not place.view.outgoing(node.id)


def asked_port(place: Place, end: str) -> str | None:
    """The name that the training graph already uses for the port that is missing."""
    training = place.project.training
    name = place.path.removeprefix(NETWORKS)
    calls = {
        node.id for node in training.nodes if node.kind == "Network" and node.params.get("network", "model") == name
    }
    ports = [getattr(edge, f"{end}_port") for edge in training.edges if getattr(edge, end) in calls]
    return next((port for port in ports if is_legal(port)), None)
