"""Groups of parameters that an optimizer treats in a way of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from torch import Tensor, empty

from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.flow import NodeFlow
from builder.learning import list_tensors
from builder.parts.parameter_groups import BIASES_AND_NORMS, is_matched
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
            tensors = list_learned(survey, params.networks) if params.groups else {}
            idle = [number for number, group in enumerate(params.groups) if tensors and is_empty(group.match, tensors)]
            if idle:
                names = list_owners(tensors)
                called = join_words([quote(params.groups[number].match) for number in idle], "or")
                these = "these groups change" if len(idle) > 1 else "this group changes"
                text = (
                    f"{place.who(node.id)}: nothing that it trains is called {called}, so {these} nothing. "
                    f"It trains {join_words([quote(name) for name in names])}."
                )
                yield self.find(place, text, node.id, param="groups", repairs=mend(place.path, node, idle, names))


def list_learned(survey: Survey, networks: Sequence[str]) -> dict[str, Tensor]:
    """Stand-ins for what networks learn, by the names that a group sees; none where not all of it is known."""
    flows = {name: survey.training.flows.get(NETWORKS + name) for name in networks}
    tensors: dict[str, Tensor] = {}
    for network, flow in flows.items():
        if flow is None or not all(map(is_known, flow.nodes.values())):
            return {}
        start = f"{network}." if len(networks) > 1 else ""
        tensors |= {start + name: stand_in(axes) for name, axes in list_tensors(flow)}
    return tensors


def is_known(node: NodeFlow) -> bool:
    """Whether it is known what a node gives, so also how much it learns."""
    return node.kind is not None and not node.problems and len(node.outputs) == len(node.out_ports)


@cache
def stand_in(axes: int) -> Tensor:
    """A tensor of so many axes that holds nothing."""
    return empty((1,) * axes, device="meta")


def list_owners(tensors: Iterable[str]) -> list[str]:
    """The names of the nodes and blocks that hold tensors, outer ones first."""
    steps = [name.split(".") for name in tensors]
    owners = [".".join(way[:depth]) for way in steps for depth in range(1, len(way))]
    return sorted(dict.fromkeys(owners), key=lambda name: name.count("."))


def is_empty(pattern: str, tensors: Mapping[str, Tensor]) -> bool:
    """Whether a pattern is no name of any of these tensors."""
    return pattern != BIASES_AND_NORMS and not any(
        is_matched(pattern, name, tensor) for name, tensor in tensors.items()
    )


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
