"""Inputs that need a link and have none."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.flow import DTYPE_CLASSES
from builder.kinds import Port
from builder.phrases import quote
from builder.ports import missing_ports, port_named
from builder.repairs import connect_ports
from builder.rules.base import GraphRule
from builder.rules.bypass import is_cut
from builder.rules.reach import has_open_input, list_unreached
from builder.survey import Place
from builder.tensors import TensorSpec

Output = tuple[str, str]


class UnconnectedRule(GraphRule):
    """A required input has a link."""

    code = "S002"
    title = "Input without a link"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each required input without a link. An optimizer's loss has a rule of its own."""
        if not has_entry(place):
            return
        unreached = {id for group in list_unreached(place) for id in group}
        for node in place.having(has_open_input):
            if place.role(node.id) == "updater" or node.id in unreached:
                continue
            for port in missing_ports(place.flow.nodes[node.id].in_ports, place.view.incoming(node.id)):
                if not is_cut(place, node.id, port):
                    yield self.report(place, node, port)

    def report(self, place: Place, node: Node, port: Port) -> Finding:
        """Say which input lacks a link, and offer the only output that fits."""
        used = [name for name in place.view.incoming(node.id) if port_named((port,), name)]
        free = next_free(port, used)
        candidates = find_candidates(place, node, port)
        enough = not port.variadic or len(used) + 1 >= port.least
        repairs: list[Repair] = []
        if len(candidates) == 1 and enough:
            repairs = [connect_ports(place, candidates[0], (node.id, free))]
        text = f"{place.who(node.id)}: {describe_lack(port, len(used))}{suggest(candidates, port)}"
        return self.find(place, text, node.id, port=free, repairs=repairs)


def has_entry(place: Place) -> bool:
    """Whether there is anything to link to. Graphs without an Input or without data have rules of their own."""
    return bool(place.having(is_data if place.is_training else is_input))


def is_data(seen: Closeup) -> bool:
    """Whether values enter a training graph here."""
    return seen.node.kind == "Data"


def is_input(seen: Closeup) -> bool:
    """Whether values enter a network here."""
    return seen.node.kind == "Input"


def next_free(port: Port, used: list[str]) -> str:
    """The name that the next link into a port gets."""
    if not port.variadic:
        return port.name
    return next(name for name in (f"{port.name}.{number}" for number in range(len(used) + 1)) if name not in used)


def describe_lack(port: Port, count: int) -> str:
    """Say how many links are there and how many are needed."""
    if not port.variadic:
        return f"its input {quote(port.name)} has no link, so it has nothing to work on."
    there = {0: "no links", 1: "one link"}.get(count, f"{count} links")
    return f"it has {there} and needs at least {port.least} to combine."


def suggest(candidates: list[Output], port: Port) -> str:
    """Say where a link can come from."""
    if len(candidates) == 1:
        return f" Connect {quote(candidates[0][0])} to it."
    return " Connect another output to it." if port.variadic else " Connect an output to it, or remove the node."


def find_candidates(place: Place, node: Node, port: Port) -> list[Output]:
    """The outputs that could be linked here: those that lead nowhere yet, or all where each is in use already."""
    behind = {node.id, *place.view.descendants(node.id), *place.looped}
    linked = {(edge.source, edge.source_port) for edge in place.graph.edges}
    here = {(edge.source, edge.source_port) for edge in place.view.incoming(node.id).values()}
    fitting = [
        (id, name)
        for id, flow in place.flow.nodes.items()
        for name, spec in flow.outputs.items()
        if id not in behind and (id, name) not in here and is_taken(place, node, port, spec)
    ]
    loose = [output for output in fitting if output not in linked]
    return loose if len(loose) == 1 else fitting


def is_taken(place: Place, node: Node, port: Port, spec: TensorSpec) -> bool:
    """Whether a port takes tensors of this rank and dtype; the input of a network only its own shape."""
    if node.kind == "Network":
        inner = place.flows.get(f"{NETWORKS}{node.params.get('network', 'model')}")
        return inner is None or port.name not in inner.nodes or inner.nodes[port.name].outputs.get("output") == spec
    return (not port.ranks or spec.rank in port.ranks) and spec.dtype in DTYPE_CLASSES[port.dtype]
