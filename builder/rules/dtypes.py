"""Tensors whose numbers are of the wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.flow import DTYPE_CLASSES, NodeFlow, Problem
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import ProblemRule, is_broken_inside
from builder.rules.trials import keep_helpful
from builder.survey import Place

WORDS = {
    "float": "real numbers (float32)",
    "integer": "whole numbers (int64), such as words or classes",
    "bool": "true or false (bool)",
    "number": "numbers",
}
FIXES = {
    "float": "Put an Embedding before it where these are words or classes, or set dtype of the Input to float32.",
    "integer": "Set dtype of the Input to int64 where it brings words or classes.",
}


class DtypeRule(ProblemRule):
    """Tensors hold the type of numbers that a layer works on."""

    code = "T002"
    title = "Wrong type of numbers"
    problems = ("dtype",)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say every problem but those of networks that are broken inside, which is said there."""
        if not is_broken_inside(place, node.id):
            yield from super().check_node(place, node, flow)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what came, what is needed, and what helps."""
        wanted, got = problem.facts["dtype"], problem.facts["got"].dtype
        port = f" at {quote(problem.port)}" if len(place.flow.nodes[node.id].in_ports) > 1 else ""
        fix = FIXES.get(wanted, "Link an output of the right type.")
        if place.is_training:
            fix = "Link a field or an output of that type."
        text = f"{place.who(node.id)}: got {got}{port}, needs {WORDS[wanted]}. {fix}"
        return self.report(place, node, problem, text, self.mend(place, node, problem.port, wanted))

    def mend(self, place: Place, node: Node, port: str, wanted: str) -> list[Repair]:
        """Let the Input that it comes from, or goes to, hold the other type."""
        if node.kind == "Network":
            got = place.flow.nodes[node.id].inputs[port].dtype
            path = NETWORKS + str(node.params.get("network", "model"))
            return keep_helpful(place, node.id, set_param(path, port, "dtype", got))
        source = place.view.incoming(node.id)[port].source
        if place.nodes[source].kind != "Input":
            return []
        return keep_helpful(place, node.id, set_param(place.path, source, "dtype", DTYPE_CLASSES[wanted][0]))
