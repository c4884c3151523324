"""Values that a block gives for parameters which its network does not have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from builder.closeups import Closeup
from builder.document import Graph, Node
from builder.findings import Finding, Repair
from builder.flow import NodeFlow
from builder.phrases import join_words, quote
from builder.references import list_names
from builder.repairs import set_param, unset_param
from builder.repetitions import GIVING, network_at
from builder.rules.base import NodeRule
from builder.survey import Place


class ArgumentRule(NodeRule):
    """Every value that a block gives is for a parameter of a network that it uses."""

    code = "P008"
    title = "Value for no parameter"
    severity = "warning"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node is a block that gives values."""
        return seen.node.kind == "Block" and any(seen.node.params.get(param) for param in GIVING)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding for each value that no network of the block asks for."""
        names = {"arguments": [network_at(node, 1), network_at(node, 0)], "first_arguments": [network_at(node, 0)]}
        for param in GIVING:
            networks = [place.project.networks.get(name) for name in dict.fromkeys(names[param])]
            given = node.params.get(param)
            if isinstance(given, dict) and None not in networks:
                yield from self.check_given(place, node, param, given, [graph for graph in networks if graph])

    def check_given(
        self, place: Place, node: Node, param: str, given: dict[str, Any], networks: list[Graph]
    ) -> Iterator[Finding]:
        """A finding for each of these values that none of these networks asks for."""
        declared = list(dict.fromkeys(name for graph in networks for name in graph.params))
        asked = {name for graph in networks for each in graph.nodes for name in list_names(each.params)}
        name_of = quote(network_at(node, 0 if param == "first_arguments" else 1))
        for name in [name for name in given if name not in {*declared, *asked}]:
            meant = difflib.get_close_matches(name, [other for other in declared if other not in given], 1)
            there = f"its parameters are {join_words(map(quote, declared))}" if declared else "it has none"
            fix = f"Give it for {quote(meant[0])}, or remove it." if meant else "Remove it."
            text = (
                f"{place.who(node.id)}: it gives a value for {quote(name)}, which is no parameter of {name_of} "
                f"({there}), so the value changes nothing. {fix}"
            )
            repairs = [exchange(place, node, param, given, name, new) for new in (*meant, None)]
            yield self.find(place, text, node.id, param=param, repairs=repairs)


def exchange(place: Place, node: Node, param: str, given: dict[str, Any], old: str, new: str | None) -> Repair:
    """Give a value under another name, or not at all."""
    kept = {new if name == old else name: value for name, value in given.items() if name != old or new}
    title = f"Give it for {quote(new)}" if new else f"Remove {quote(old)}"
    if not kept:
        return unset_param(place, node.id, param, title)
    return Repair(title, set_param(place.path, node.id, param, kept).edits)
