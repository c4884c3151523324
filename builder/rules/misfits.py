"""Everything else that keeps a layer from being made, and inputs of networks that are drawn for another size."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair
from builder.flow import NodeFlow, Problem
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import ProblemRule, is_broken_inside
from builder.rules.trials import keep_helpful
from builder.survey import Place

ELSEWHERE = frozenset(
    {
        "unknown_kind", "parameter", "reference", "unresolved_reference", "no_network", "no_port", "unconnected", "rank",
        "dtype", "sizes_differ", "ranks_differ", "axes_differ", "batch_lost", "batch_mixed", "kernel_too_large",
        "input_differs", "deep_block", "broken_block", "broken_repeat", "first_differs", "target_shape", "target_classes",
    }
)  # fmt: skip
FIXES = {
    "varying_size": "Use a layer that takes any length, such as SequencePool or an LSTM, before it.",
    "axis_out_of_range": "Choose an axis that is there; -1 is the last.",
    "padding_too_large": "Use less padding, or a larger kernel.",
    "same_needs_stride_one": "Set stride to 1, or give the padding as a number.",
    "too_large": "Use smaller sizes.",
    "state_size": "Make both layers alike, or insert a Linear of that size between them.",
    "many_numbers": "Write mean(...) around it, or switch log off.",
    "mask_size": "Give the fields of both one size, on the page Data.",
    "no_steps": "Remove the link to lengths, or compare sequences.",
    "class_weights": "Write one number for each class, or $class_weights, which takes them from the data.",
    "score_sizes": "Use the general score, which learns weights between them, or make both sizes equal.",
}


class MisfitRule(ProblemRule):
    """A layer can be made for what it gets."""

    code = "T007"
    title = "Does not fit its input"
    problems = ()

    def is_about(self, problem: Problem) -> bool:
        """Every problem that no other rule is about."""
        return problem.code not in ELSEWHERE

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say the layer's own reason."""
        specs = place.flow.nodes[node.id].inputs.values()
        got = f"got {', '.join(str(spec) for spec in specs)}; " if specs else ""
        usual = f"Change {problem.param}." if problem.param else "Change its parameters, or what comes before it."
        reason = problem.reason if problem.code != "refused" else f"PyTorch refuses it: {problem.reason.rstrip('.')}"
        text = f"{place.who(node.id)}: {got}{reason}. {FIXES.get(problem.code, usual)}"
        return self.report(place, node, problem, text)


class NetworkInputRule(ProblemRule):
    """A network is called with what its Inputs were drawn for."""

    code = "T008"
    title = "Network drawn for another size"
    problems = ("input_differs",)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say every problem but those of networks that are broken inside, which is said there."""
        if not is_broken_inside(place, node.id):
            yield from super().check_node(place, node, flow)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what comes and what the network's Input expects."""
        got, wants, name = problem.facts["got"], problem.facts["wants"], problem.facts["network"]
        repairs = self.mend(place, node, problem)
        fix = repairs[0].title if repairs else "Link an output of that size, or change the Input"
        came, drawn = (f"{got} ({got.dtype})", f"{wants} ({wants.dtype})") if got.dtype != wants.dtype else (got, wants)
        port = quote(problem.port)
        text = f"{place.who(node.id)}: got {came} at {port}, and the network {quote(name)} is drawn for {drawn}. {fix}."
        return self.report(place, node, problem, text, repairs)

    def mend(self, place: Place, node: Node, problem: Problem) -> list[Repair]:
        """Let the Input take what comes."""
        got, name = problem.facts["got"], problem.facts["network"]
        path, sizes = NETWORKS + name, list(got.shape[1:])
        if any(not isinstance(size, int) for size in sizes):
            return []
        taken = [set_param(path, problem.port, "shape", "$shape"), set_param(path, problem.port, "shape", sizes)]
        dtype = set_param(path, problem.port, "dtype", got.dtype).edits
        retyped = [Repair(f"Let {quote(problem.port)} take {got}", (*repair.edits, *dtype)) for repair in taken]
        return keep_helpful(place, node.id, *retyped)[:1]
