"""Batches that are larger than what they are taken from."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import TRAINING, Source
from builder.findings import Finding
from builder.phrases import name_origin, quote
from builder.repairs import set_param
from builder.rules.base import GraphRule
from builder.survey import Place
from builder.training.data import choose_batch


class LargeBatchRule(GraphRule):
    """A batch is a part of the data."""

    code = "L026"
    title = "Batch larger than its data"
    severity = "advice"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each Data node whose batches would hold more samples than there are to train with."""
        for node, flow in place.known():
            source = place.project.data.get(flow.params.source) if node.kind == "Data" else None
            count = source.num_train if source is not None else 0
            if source is None or not 0 < count < getattr(flow.params, "batch_size", 0):
                continue
            batch, smaller = flow.params.batch_size, choose_batch(count)
            epoch = " and an epoch is a single step" if flow.params.leads else ""
            fix = f"{smaller}, or to {count} if all are wanted" if smaller else f"{count}"
            text = (
                f"{place.who(node.id)}: a batch is to hold {batch:,} samples, and {name_data(flow.params.source, source)} has "
                f"{count:,} to train with, so every step takes all of them{epoch}. Set batch_size to {fix}."
            )
            sizes = [size for size in (smaller, count) if size]
            repairs = [set_param(TRAINING, node.id, "batch_size", size) for size in sizes]
            yield self.find(place, text, node.id, param="batch_size", repairs=repairs)


def name_data(name: str, source: Source) -> str:
    """The name of a source, with what stands in it for the data that is meant."""
    if source.stand_in is None:
        return quote(name)
    return f"{quote(name)} ({name_origin(source.stand_in)}, which stands in for {name_origin(source.origins[0])})"
