"""Operations that mix the samples of a batch."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import Node
from builder.findings import Finding
from builder.flow import Problem
from builder.rules.base import ProblemRule
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

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """Also every layer after which the first axis no longer counts the samples."""
        yield from super().check_graph(place)
        if place.is_training:
            return
        for name, flow in place.flow.nodes.items():
            specs = list(flow.inputs.values())
            if all(keeps_batch(spec) for spec in specs) and not all(
                keeps_batch(spec) for spec in flow.outputs.values()
            ):
                shape = next(spec.shape for spec in flow.outputs.values() if not keeps_batch(spec))
                there = "no axis is left" if not shape else f"the first axis is {shape[0]}"
                text = (
                    f"{place.who(name)}: after it {there}, where the samples of the batch must be counted, so they would mix. "
                    "Let it work on the axes behind the first."
                )
                yield self.find(place, text, name)


def keeps_batch(spec: TensorSpec) -> bool:
    """Whether the first axis grows with the batch."""
    return bool(spec.shape) and "B" in str(spec.shape[0])
