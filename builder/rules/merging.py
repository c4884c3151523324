"""Tensors that come together and do not fit."""

from __future__ import annotations

from itertools import permutations

from pydantic import JsonValue

from builder.document import Edge, Node
from builder.findings import Finding, Repair
from builder.flow import Problem
from builder.phrases import join_words, quote
from builder.repairs import insert_on_link
from builder.rules.base import ProblemRule
from builder.rules.trials import keep_helpful
from builder.survey import Place
from builder.tensors import Size

POINTWISE = {3: "Conv1d", 4: "Conv2d", 5: "Conv3d"}
LARGEST_PERMUTED = 5


class MergeRule(ProblemRule):
    """Tensors that are added, joined or multiplied have sizes that fit."""

    code = "T003"
    title = "Sizes do not fit together"
    problems = ("sizes_differ", "ranks_differ", "axes_differ")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what comes from where, why it does not fit, and what helps."""
        links = place.view.incoming(node.id)
        specs = place.flow.nodes[node.id].inputs
        came = join_words(f"{specs[port]} from {quote(edge.source)}" for port, edge in links.items())
        repairs = self.mend(place, node, problem)
        fix = f"{repairs[0].title}" if repairs else "Change the layers before it so that they fit"
        return self.report(place, node, problem, f"{place.who(node.id)}: got {came}; {problem.reason}. {fix}.", repairs)

    def mend(self, place: Place, node: Node, problem: Problem) -> list[Repair]:
        """A projection or a permutation on one of the two links that do not fit."""
        links, specs = place.view.incoming(node.id), place.flow.nodes[node.id].inputs
        if len(links) != 2 or problem.port not in links:
            return []
        mine, other = problem.port, next(port for port in links if port != problem.port)
        if links[mine].source in place.view.descendants(links[other].source):
            mine, other = other, mine
        wanted = specs[other].shape
        tries = [
            project(place, links[mine], specs[mine].shape, wanted),
            project(place, links[other], wanted, specs[mine].shape),
            permute(place, links[mine], specs[mine].shape, wanted),
        ]
        helpful = keep_helpful(place, node.id, *tries)
        return helpful[:1]


def project(place: Place, edge: Edge, got: tuple[Size, ...], wanted: tuple[Size, ...]) -> Repair | None:
    """A layer that changes only the channels or features, where only they differ."""
    if len(got) != len(wanted) or place.is_training:
        return None
    differing = [axis for axis, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b]
    if len(differing) != 1 or not isinstance(size := wanted[differing[0]], int):
        return None
    if differing == [1] and len(got) in POINTWISE:
        kind = POINTWISE[len(got)]
        params: dict[str, JsonValue] = {"out_channels": size, "kernel_size": 1}
        return insert_on_link(
            place,
            edge,
            kind,
            params,
            f"Insert a {kind} with kernel 1 and {size} channels on the link from {quote(edge.source)}",
        )
    if differing == [len(got) - 1]:
        title = f"Insert a Linear with {size} outputs on the link from {quote(edge.source)}"
        return insert_on_link(place, edge, "Linear", {"out_features": size}, title)
    return None


def permute(place: Place, edge: Edge, got: tuple[Size, ...], wanted: tuple[Size, ...]) -> Repair | None:
    """A change of the order of axes, where the sizes are the same in another order."""
    if len(got) != len(wanted) or len(got) > LARGEST_PERMUTED or place.is_training:
        return None
    for order in permutations(range(1, len(got))):
        if tuple(got[axis] for axis in order) == wanted[1:]:
            dims: list[JsonValue] = [0, *order]
            return insert_on_link(
                place, edge, "Permute", {"dims": dims}, f"Insert a Permute on the link from {quote(edge.source)}"
            )
    return None
