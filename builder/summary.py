"""A network as a table: each node with what it puts out and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from builder.document import Graph
from builder.flow import Flow


@dataclass(frozen=True)
class SummaryRow:
    """One node: its shape as people read it, ``unknown`` where it could not be found out, and its cost."""

    node: str
    kind: str
    shape: str
    parameters: int
    multiply_adds: int


def summarise(graph: Graph, flow: Flow) -> list[SummaryRow]:
    """A row for each node in the order of the document, then the total, whose kind and shape are empty."""
    rows = []
    for node in graph.nodes:
        known = flow.nodes[node.id]
        shape = ", ".join(str(spec) for spec in (known.outputs or known.inputs).values()) or "unknown"
        rows.append(SummaryRow(node.id, node.kind, shape, known.parameters, known.multiply_adds))
    return [*rows, SummaryRow("total", "", "", flow.parameters, flow.multiply_adds)]
