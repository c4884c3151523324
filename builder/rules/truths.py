"""Metrics that do not fit what they are given in other ways than by the shapes of answer and truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.findings import Finding
from builder.flow import NodeFlow
from builder.layers.base import Misfit
from builder.ports import arrange
from builder.repairs import remove_node
from builder.rules.base import Rule
from builder.rules.targets import MISMATCHES
from builder.rules.trace import trace_field
from builder.survey import Survey


class TruthRule(Rule):
    """The data knows what a metric needs: names of tags, how a series goes, steps that lengths count."""

    code = "L013"
    title = "Metric does not fit the data"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each metric that cannot be made."""
        place = survey.training
        for node, flow in place.known():
            misfit = find_misfit(survey, node.id, flow) if place.role(node.id) == "metric" else None
            if misfit:
                port = misfit.port or "target"
                text = f"{place.who(node.id)}: {misfit}. Link something else to its {port}, or leave the metric out."
                yield self.find(place, text, node.id, port=port, repairs=[remove_node(place, node.id)])


def find_misfit(survey: Survey, id: str, flow: NodeFlow) -> Misfit | None:
    """Why a metric cannot be made for what it is given; None where it can, or where that is told elsewhere."""
    if flow.problems or "target" not in flow.inputs:
        return None
    kind: Any = flow.kind
    specs, field = tuple(arrange(flow.in_ports, flow.inputs)), trace_field(survey, id)
    try:
        kind.construct(flow.params, specs)
        if not kind.asks_truth:
            return None
        if field is None:
            return Misfit("no_field", "needs a field of the data as its target, straight from Data")
        kind.construct_for_truth(flow.params, specs, field[1])
    except Misfit as misfit:
        return None if misfit.code in MISMATCHES else misfit
    return None
