"""Nodes that nothing reaches, and nodes that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.closeups import Closeup
from builder.findings import Finding, Repair
from builder.phrases import join_words, quote
from builder.ports import missing_ports
from builder.repairs import remove_nodes
from builder.rules.base import GraphRule
from builder.survey import Place


class UnreachableRule(GraphRule):
    """Every group of linked nodes starts somewhere."""

    code = "S005"
    title = "Nothing reaches these nodes"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each group that no data enters, in place of one for each of its open inputs."""
        for group in list_unreached(place):
            entry = "data" if place.is_training else "an Input"
            others = join_words(quote(id) for id in group[1:])
            text = (
                f"{place.who(group[0])}: it is linked with {others}, and {entry} reaches none of them. "
                f"Link {entry} to them, or remove them all."
            )
            loose = not any(node.id in group for node in place.having(is_end))
            repairs = [remove_nodes(place, group, "Remove all of them")] if loose else []
            yield self.find(place, text, group[0], repairs=repairs)


def list_unreached(place: Place) -> list[list[str]]:
    """The groups of linked nodes that no data enters and in which several nodes wait for a link."""
    entries = {node.id for node in place.having(starts)}
    if not entries:
        return []
    waiting = {node.id for node in place.having(has_open_input)}
    entries |= place.looped
    groups = [group for group in place.view.groups if entries.isdisjoint(group)]
    return [group for group in groups if len(waiting.intersection(group)) > 1]


def has_open_input(seen: Closeup) -> bool:
    """Whether a node waits for a link."""
    flow = seen.flow
    return flow.params is not None and bool(missing_ports(flow.in_ports, dict.fromkeys(seen.links.ends)))


def starts(seen: Closeup) -> bool:
    """Whether values come into being here: a node without inputs, or one of which too little is known to say."""
    flow = seen.flow
    if flow.kind is None or (flow.params is None and flow.kind.dynamic_ports):
        return True
    return not flow.in_ports and bool(flow.out_ports)


class DeadEndRule(GraphRule):
    """Every value is used."""

    code = "S006"
    title = "Leads nowhere"
    severity = "warning"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each chain of nodes that leads nowhere, at its last node, once nothing waits for a link."""
        ends = frozenset(node.id for node in place.having(is_end))
        if place.having(has_open_input) or not ends:
            return
        useful = place.view.topology.upstream(ends)
        for node in place.nodes:
            if node not in useful and self.is_last(place, node):
                yield self.report(place, node, useful)

    def is_last(self, place: Place, id: str) -> bool:
        """Whether this is a node at which a chain with a beginning breaks off. A single node is no chain."""
        linked = place.view.incoming(id) or not place.flow.nodes[id].in_ports
        return not place.view.outgoing(id) and bool(linked) and id not in place.looped

    def report(self, place: Place, id: str, useful: frozenset[str]) -> Finding:
        """Say where the chain ends, and offer to remove what nothing else needs."""
        within = {*place.view.ancestors(id), id}
        chain = [other for other in place.nodes if other in within - useful and place.view.descendants(other) <= within]
        starting = {node.id for node in place.having(starts)}
        gone = [other for other in chain if other == id or other not in starting]
        goal = "a loss, a metric or a preview" if place.is_training else "an Output"
        text = f"{place.who(id)}: its result leads to no end, so it is not computed. Link it to {goal}, or remove it."
        others = [quote(other) for other in gone if other != id]
        title = f"Remove it and {join_words(others)}" if others else f"Remove {quote(id)}"
        heirs = list_heirs(place, gone)
        if heirs:
            names = join_words(quote(heir) for heir, _ in heirs)
            verb = "shares" if len(heirs) == 1 else "share"
            text = (
                f"{place.who(id)}: its result leads to no end, so it is not computed; only its weights count, which {names} "
                f"{verb}. Link it to {goal}, or remove it and let {names} own them."
            )
            return self.find(
                place, text, id, repairs=[inherit(place, heirs, gone, f"{title}, and let {names} own its weights")]
            )
        return self.find(place, text, id, repairs=[remove_nodes(place, gone, title)])


def list_heirs(place: Place, gone: list[str]) -> list[tuple[str, str]]:
    """For each node that will be gone and whose weights others share: the first of those, and the node."""
    sharers = {node.weights_of: id for id, node in reversed(place.nodes.items()) if id not in gone}
    return [(sharers[id], id) for id in gone if id in sharers]


def inherit(place: Place, heirs: list[tuple[str, str]], gone: list[str], title: str) -> Repair:
    """Remove nodes, and give the weights that others share to the first of those."""
    edits: list[dict[str, Any]] = []
    for heir, owner in heirs:
        for id, node in place.nodes.items():
            if node.weights_of == owner and id not in gone:
                fields = {"weights_of": None if id == heir else heir}
                edits.append({"op": "set_node", "graph": place.path, "id": id, "fields": fields})
    return Repair(title, (*edits, *remove_nodes(place, gone, title).edits))


def is_end(seen: Closeup) -> bool:
    """Whether values are used up here: an Output, an optimizer, a metric, a preview, a loss, a curve, or an unknown kind."""
    flow = seen.flow
    is_drawn = getattr(flow.params, "log", False)
    return flow.kind is None or not flow.out_ports or is_drawn or getattr(flow.kind, "role", "") in ("loss", "data")
