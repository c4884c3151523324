"""Windows larger than what they slide over."""

from __future__ import annotations

from builder.document import Node
from builder.findings import Finding, Repair
from builder.flow import Problem
from builder.phrases import show_value
from builder.repairs import set_param
from builder.rules.base import ProblemRule
from builder.rules.trials import keep_helpful
from builder.survey import Place


class WindowRule(ProblemRule):
    """A window fits into the input it slides over."""

    code = "T005"
    title = "Kernel larger than the input"
    problems = ("kernel_too_large",)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say how large the window and the input are."""
        got = place.flow.nodes[node.id].inputs.get("input")
        repairs = self.mend(place, node, problem)
        smaller = f"{repairs[0].title}" if repairs else "Use a smaller kernel_size"
        text = (
            f"{place.who(node.id)}: got {got}; {problem.reason}. {smaller}, add padding, or remove a pooling before it."
        )
        return self.report(place, node, problem, text, repairs)

    def mend(self, place: Place, node: Node, problem: Problem) -> list[Repair]:
        """The largest kernel that fits."""
        params = place.flow.nodes[node.id].params
        room = problem.facts["wants"]
        kernel = params.kernel_size
        sizes = list(kernel) if isinstance(kernel, tuple) else kernel
        smaller = [min(size, room) for size in sizes] if isinstance(sizes, list) else min(sizes, room)
        repair = set_param(place.path, node.id, "kernel_size", smaller)
        titled = Repair(f"Set kernel_size to {show_value(smaller)}", repair.edits)
        return keep_helpful(place, node.id, titled)
