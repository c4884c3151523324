"""Blocks that cannot be used."""

from __future__ import annotations

from builder.document import NETWORKS, Node, Project
from builder.findings import Finding
from builder.flow import Problem
from builder.phrases import join_words, quote
from builder.repairs import set_param
from builder.rules.base import ProblemRule
from builder.survey import Place


class BlockRule(ProblemRule):
    """A block's network holds for what the block is given, and does not use itself."""

    code = "T010"
    title = "Block cannot be used"
    problems = ("deep_block", "broken_block", "broken_repeat")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what is wrong with the network inside."""
        name = str(node.params.get("network", ""))
        if place.path.removeprefix(NETWORKS) in list_used(place.project, name):
            text = (
                f"{place.who(node.id)}: the network {quote(name)} uses itself through it, without end. Choose another."
            )
        elif problem.code == "deep_block":
            text = (
                f"{place.who(node.id)}: {problem.reason}. Choose another network than {quote(name)}, or a simpler one."
            )
        elif problem.code == "broken_repeat":
            return self.explain_repeat(place, node, problem)
        else:
            got = ", ".join(str(spec) for spec in place.flow.nodes[node.id].inputs.values())
            text = (
                f"{place.who(node.id)}: got {got}, and the network {quote(name)} inside it does not work out for that. "
                f"Open {quote(name)} and see what it needs."
            )
        return self.report(place, node, problem, text)

    def explain_repeat(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say at which repetition shapes stop to fit."""
        turn, name = problem.facts["turn"], quote(str(node.params.get("network", "")))
        got = join_words(str(spec) for spec in problem.facts["got"])
        text = (
            f"{place.who(node.id)}: repetition {turn + 1} gets {got}, and the network {name} does not work out for that. "
            f"Set repeat to {turn}, or let {name} give what it takes."
        )
        return self.report(place, node, problem, text, [set_param(place.path, node.id, "repeat", turn)])


def list_used(project: Project, name: str) -> set[str]:
    """A network and all that are used inside it, at any depth."""
    found, waiting = {name}, [name]
    while waiting:
        graph = project.networks.get(waiting.pop())
        blocks = [node for node in graph.nodes if node.kind == "Block"] if graph else []
        inner = {str(node.params.get("network", "")) for node in blocks} - found
        found |= inner
        waiting.extend(inner)
    return found
