"""Blocks that cannot be used."""

from __future__ import annotations

from builder.document import Node
from builder.findings import Finding
from builder.phrases import quote
from builder.rules.base import ProblemRule
from builder.shape_flow import Problem
from builder.survey import Place


class BlockRule(ProblemRule):
    """A block's network holds for what the block is given, and does not use itself."""

    code = "T010"
    title = "Block cannot be used"
    problems = ("deep_block", "broken_block")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what is wrong with the network inside."""
        name = str(node.params.get("network", ""))
        if problem.code == "deep_block":
            text = (
                f"{place.who(node.id)}: {problem.reason}. Choose another network than {quote(name)}, or a simpler one."
            )
        else:
            got = ", ".join(str(spec) for spec in place.flow.nodes[node.id].inputs.values())
            text = (
                f"{place.who(node.id)}: got {got}, and the network {quote(name)} inside it does not work out for that. "
                f"Open {quote(name)} and see what it needs."
            )
        return self.report(place, node, problem, text)
