"""Groups of parameters that an optimizer treats in a way of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.flow import Flow, NodeFlow
from builder.parts.parameter_groups import BIASES_AND_NORMS
from builder.phrases import join_words, quote
from builder.repairs import set_param
from builder.rules.base import Rule
from builder.rules.optimizers import list_optimizers
from builder.survey import Survey


class EmptyGroupRule(Rule):
    """A group has parameters in it."""

    code = "L023"
    title = "A group of parameters is empty"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each optimizer with groups whose patterns are no names of anything that it trains."""
        place = survey.training
        for node, params in list_optimizers(place):
            names = list_learning(survey, params.networks) if params.groups else []
            empty = [number for number, group in enumerate(params.groups) if names and is_empty(group.match, names)]
            if empty:
                called = join_words([quote(params.groups[number].match) for number in empty], "or")
                these = "these groups change" if len(empty) > 1 else "this group changes"
                text = (
                    f"{place.who(node.id)}: nothing that it trains is called {called}, so {these} nothing. "
                    f"It trains {join_words([quote(name) for name in names])}."
                )
                yield self.find(place, text, node.id, param="groups", repairs=mend(place.path, node, empty, names))


def list_learning(survey: Survey, networks: Sequence[str]) -> list[str]:
    """The names of the nodes that learn, as a group sees them, outer ones first; none where not all of them are known."""
    flows = {name: survey.training.flows.get(NETWORKS + name) for name in networks}
    names: list[str] = []
    for network, flow in flows.items():
        if flow is None or not all(map(is_known, flow.nodes.values())):
            return []
        start = f"{network}." if len(networks) > 1 else ""
        names += [start + name for name in list_paths(flow)]
    return sorted(names, key=lambda name: name.count("."))


def is_known(node: NodeFlow) -> bool:
    """Whether it is known what a node gives, so also how much it learns."""
    return node.kind is not None and not node.problems and len(node.outputs) == len(node.out_ports)


def list_paths(flow: Flow) -> Iterator[str]:
    """The dotted names of the nodes that have parameters, those inside blocks too."""
    for id, known in flow.nodes.items():
        if known.parameters:
            yield id
        for turn, use in enumerate(known.inner):
            here = f"{id}.{turn}" if known.params.repeat > 1 else id
            yield from (f"{here}.{name}" for name in list_paths(use))


def is_empty(pattern: str, names: Sequence[str]) -> bool:
    """Whether a pattern takes no parameter of the nodes of these names."""
    return pattern != BIASES_AND_NORMS and not any(may_match(pattern, name) for name in names)


def may_match(pattern: str, name: str) -> bool:
    """Whether a pattern takes a node, or parameters that the node may have: only PyTorch knows what those are called."""
    steps = name.count(".") + 1
    beginning = ".".join(pattern.split(".")[:steps])
    return fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*") or fnmatchcase(name, beginning)


def mend(path: str, node: Node, empty: Sequence[int], names: Sequence[str]) -> list[Repair]:
    """Give a group the name that is nearest, or take those away that are empty."""
    groups: Any = node.params["groups"]
    nearest = get_close_matches(groups[empty[0]]["match"], names, 1) if len(empty) == 1 else []
    repairs = []
    for name in nearest:
        called = [{**group, "match": name} if number in empty else group for number, group in enumerate(groups)]
        repairs.append(Repair(f"Call it {quote(name)}", set_param(path, node.id, "groups", called).edits))
    rest = [group for number, group in enumerate(groups) if number not in empty]
    return [*repairs, Repair("Remove what is empty", set_param(path, node.id, "groups", rest).edits)]
