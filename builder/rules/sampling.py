"""Samples that are to be drawn by their class, where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from builder.columns import find_classes
from builder.document import TRAINING
from builder.findings import Finding
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import GraphRule
from builder.survey import Place


class SamplingRule(GraphRule):
    """Classes are balanced where the target has classes."""

    code = "L017"
    title = "No classes to balance"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each Data node that balances the classes of a source without any."""
        for node, flow in place.known():
            if node.kind != "Data" or getattr(flow.params, "sampling", "all") != "balanced":
                continue
            source = place.project.data.get(flow.params.source)
            if source is None or find_classes(source) is not None:
                continue
            text = (
                f"{place.who(node.id)}: it is to draw all classes equally often, and {quote(flow.params.source)} has no target "
                "that is a category for each sample. Let it draw all samples."
            )
            repairs = [set_param(TRAINING, node.id, "sampling", "all")]
            yield self.find(place, text, node.id, param="sampling", repairs=repairs)
