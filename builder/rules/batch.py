"""Operations that mix the samples of a batch."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import Node
from builder.findings import Finding
from builder.flow import NodeFlow, Problem
from builder.rules.base import ProblemRule, has_problem
from builder.survey import Place
from builder.tensors import TensorSpec


class BatchRule(ProblemRule):
    """The first axis counts the samples, all the way through a network."""

    code = "T004"
    title = "Batch axis lost"
    problems = ("batch_lost", "batch_mixed")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say that samples would mix."""
        text = (
            f"{place.who(node.id)}: {problem.reason}. Choose another axis, so that the samples of a batch stay apart."
        )
        return self.report(place, node, problem, text)

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Also every layer after which the first axis no longer counts the samples."""
        return has_problem(seen) or loses_batch(seen.flow)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say that samples mix in a layer, or that it loses their axis."""
        yield from super().check_node(place, node, flow)
        if loses_batch(flow) and not place.is_training:
            shape = next(spec.shape for spec in flow.outputs.values() if not keeps_batch(spec))
            there = "no axis is left" if not shape else f"the first axis is {shape[0]}"
            text = (
                f"{place.who(node.id)}: after it {there}, where the samples of the batch must be counted, so they would mix. "
                "Let it work on the axes behind the first."
            )
            yield self.find(place, text, node.id)


def loses_batch(flow: NodeFlow) -> bool:
    """Whether the first axis counts the samples before a layer and no longer after it."""
    before, after = flow.inputs.values(), flow.outputs.values()
    return not all(keeps_batch(spec) for spec in after) and all(keeps_batch(spec) for spec in before)


def keeps_batch(spec: TensorSpec) -> bool:
    """Whether the first axis grows with the batch."""
    return bool(spec.shape) and "B" in str(spec.shape[0])
