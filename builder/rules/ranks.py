"""Tensors with too many or too few axes."""

from __future__ import annotations

import re

from builder.document import Edge, Node
from builder.findings import Finding, Repair
from builder.flow import Problem
from builder.layers import CATALOGUE
from builder.phrases import join_words, quote
from builder.repairs import connect_ports, insert_on_link, remove_and_bridge, set_node
from builder.rules.base import ProblemRule
from builder.rules.optimizers import list_losses
from builder.rules.trials import keep_helpful
from builder.survey import Place

WORDS = {
    0: "a single number",
    1: "one value a sample",
    2: "features",
    3: "channels × length",
    4: "channels × height × width",
    5: "channels × depth × height × width",
}
SEQUENCE = {**WORDS, 3: "time × features"}


class RankRule(ProblemRule):
    """Tensors have as many axes as a layer works on."""

    code = "T001"
    title = "Wrong number of axes"
    problems = ("rank",)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what came, what is needed, where it changed, and what helps."""
        got, ranks = problem.facts["got"], problem.facts["ranks"]
        edge = place.view.incoming(node.id)[problem.port]
        changer = find_changer(place, edge, ranks)
        text = f"{place.who(node.id)}: got {got}, needs {describe_ranks(place, node, ranks)}."
        if changer:
            before = next(iter(place.flow.nodes[changer].inputs.values()))
            after = place.flow.nodes[changer].outputs
            turned = next(iter(after.values()))
            text += f" {place.who(changer)} before it made {turned} of {before}."
        repairs = self.mend(place, node, edge, changer, got.rank, ranks)
        return self.report(place, node, problem, f"{text} {suggest(node, changer, repairs, ranks)}", repairs)

    def mend(
        self, place: Place, node: Node, edge: Edge, changer: str | None, rank: int, ranks: tuple[int, ...]
    ) -> list[Repair]:
        """The repairs that help, the likeliest first."""
        tries: list[Repair | None] = []
        if max(ranks) == 0:
            losses = list_losses(place)
            return (
                [connect_ports(place, (losses[0].id, "output"), (node.id, edge.target_port))]
                if len(losses) == 1
                else []
            )
        if changer and place.nodes[changer].kind == "Flatten":
            tries.append(remove_and_bridge(place, changer))
        other = find_variant(node.kind, rank)
        if other and not place.is_training:
            tries.append(set_node(place, node.id, f"Use {other} instead", kind=other))
        if not place.is_training and rank > max(ranks):
            tries.append(insert_on_link(place, edge, "Flatten", {}, "Insert Flatten"))
        if not place.is_training and rank == min(ranks) - 1:
            tries.append(
                insert_on_link(place, edge, "Unsqueeze", {"dim": 1}, "Insert Unsqueeze, which adds an axis of 1")
            )
        return keep_helpful(place, node.id, *tries)


def describe_ranks(place: Place, node: Node, ranks: tuple[int, ...]) -> str:
    """The accepted numbers of axes as people read them."""
    kind = place.flow.nodes[node.id].kind
    words = SEQUENCE if kind is not None and kind.family in ("Sequence", "Attention") else WORDS
    if len(ranks) > 2:
        return f"at least {words[min(ranks)]}"
    return join_words((words.get(rank, f"{rank - 1} axes") for rank in ranks), "or")


def find_changer(place: Place, edge: Edge, ranks: tuple[int, ...]) -> str | None:
    """The nearest node before a link whose input still had an accepted number of axes."""
    seen: set[str] = set()
    name = edge.source
    while name not in seen:
        seen.add(name)
        inputs = place.flow.nodes[name].inputs
        if any(spec.rank in ranks for spec in inputs.values()):
            return name
        links = place.view.incoming(name)
        if not links:
            return None
        name = next(iter(links.values())).source
    return None


def find_variant(kind: str, rank: int) -> str | None:
    """The same layer for another number of axes: Conv1d for Conv2d."""
    match = re.fullmatch(r"(\w+?)([123])d", kind)
    name = f"{match[1]}{rank - 2}d" if match else ""
    if name == "BatchNorm0d":
        name = "BatchNorm1d"
    return name if name in CATALOGUE and name != kind else None


def suggest(node: Node, changer: str | None, repairs: list[Repair], ranks: tuple[int, ...]) -> str:
    """What helps, as a sentence."""
    if max(ranks) == 0:
        return "Link a loss to it, or take the mean in a Formula."
    if changer and any(repair.title.startswith("Remove") for repair in repairs):
        return f"Move {quote(node.id)} before {quote(changer)}, or remove {quote(changer)}."
    if repairs:
        return f"{repairs[0].title}."
    if changer:
        return f"Move {quote(node.id)} before {quote(changer)}, or use a layer that takes this shape."
    return "Use a layer that takes this shape, or change the shape before it."
