"""Losses that expect plain scores, and losses that expect probabilities."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.phrases import quote
from builder.repairs import insert_on_link, remove_and_bridge
from builder.rules.base import Rule
from builder.rules.trace import trace_output
from builder.survey import Survey

SQUASHED = {
    "CrossEntropyLoss": ("Softmax", "LogSoftmax", "Sigmoid"),
    "BCEWithLogitsLoss": ("Sigmoid", "Softmax", "LogSoftmax"),
}
WITHIN = {"CrossEntropyLoss": "a softmax", "BCEWithLogitsLoss": "a sigmoid"}
NEEDED = {"NLLLoss": "LogSoftmax", "BCELoss": "Sigmoid"}
LOOSE = frozenset({"Linear", "Bilinear", "Conv1d", "Conv2d", "Softmax", "ReLU", "Tanh"})


class RedundantSoftmaxRule(Rule):
    """Scores are turned into probabilities once."""

    code = "L002"
    title = "Softmax before cross-entropy"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each layer that does what the loss does again."""
        said: set[tuple[str, str]] = set()
        for node, _ in survey.training.known():
            spot = trace_output(survey, node.id) if node.kind in SQUASHED else None
            if (
                spot is None
                or spot.node.kind not in SQUASHED[node.kind]
                or spot.place.flow.nodes[spot.node.id].problems
            ):
                continue
            if (spot.place.path, spot.node.id) not in said:
                said.add((spot.place.path, spot.node.id))
                text = (
                    f"{spot.place.who(spot.node.id)}: {survey.training.who(node.id)} takes plain scores and has "
                    f"{WITHIN[node.kind]} in itself; done twice, learning becomes slow. Remove {quote(spot.node.id)}."
                )
                yield self.find(spot.place, text, spot.node.id, repairs=[remove_and_bridge(spot.place, spot.node.id)])


class MissingSoftmaxRule(Rule):
    """Losses of probabilities get probabilities."""

    code = "L003"
    title = "Loss of probabilities gets plain scores"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each loss of probabilities that gets what is none."""
        for node, _ in survey.training.known():
            spot = trace_output(survey, node.id) if node.kind in NEEDED else None
            if spot is None or spot.node.kind not in LOOSE:
                continue
            layer = NEEDED[node.kind]
            text = (
                f"{spot.place.who(spot.node.id)}: its values go to {survey.training.who(node.id)}, which takes "
                f"{'logarithms of probabilities' if layer == 'LogSoftmax' else 'probabilities'} and gives wrong numbers for "
                f"anything else. Insert {layer} after it."
            )
            ends = [
                edge
                for edge in spot.place.view.outgoing(spot.node.id)
                if spot.place.nodes[edge.target].kind == "Output"
            ]
            repairs = [insert_on_link(spot.place, ends[0], layer, {}, f"Insert {layer}")] if len(ends) == 1 else []
            yield self.find(spot.place, text, spot.node.id, repairs=repairs)
