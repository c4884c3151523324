"""Pictures that are moved while their masks stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.columns import list_columns
from builder.document import Edge, Node
from builder.findings import Finding, Repair
from builder.phrases import join_words, quote
from builder.repairs import connect, edge_data, set_node, set_param
from builder.rules.base import Rule
from builder.rules.trace import trace_field
from builder.survey import Place, Survey

MOVES = ("flip", "flip_vertical", "crop_padding", "shift", "rotate", "random")
"""The changes of Augment after which a pixel lies elsewhere; of those that are drawn, some do so."""


class LeftMaskRule(Rule):
    """Masks are moved with their pictures."""

    code = "L020"
    title = "Masks left behind"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each Augment that moves the pictures of a Data node whose masks go another way."""
        place = survey.training
        for node, flow in place.known():
            if node.kind != "Augment" or not any(getattr(flow.params, name) for name in MOVES):
                continue
            left = find_masks(survey, node)
            if left:
                names = sorted({edge.source_port for edge in left})
                text = (
                    f"{place.who(node.id)}: it moves pictures, and their masks, {join_words(map(quote, names))} of "
                    f"{quote(left[0].source)}, stay where they were, over other pixels than they were drawn for. Use "
                    "AugmentMasks, which moves both."
                )
                repairs = [move_along(place, node, left, find_ignored(survey, left[0]))] if len(names) == 1 else []
                yield self.find(place, text, node.id, port="image", repairs=repairs)


def find_masks(survey: Survey, node: Node) -> list[Edge]:
    """The links that carry masks out of the Data node from which a node has its pictures."""
    found = trace_field(survey, node.id, "image")
    arriving = survey.training.before(node.id, "image")
    if found is None or arriving is None:
        return []
    source: Any = survey.project.data[found[0]]
    masks = {column.name for column in list_columns(source) if source.fields[column.field].kind == "mask"}
    edges = survey.training.graph.edges
    return [edge for edge in edges if edge.source == arriving.source and edge.source_port in masks]


def find_ignored(survey: Survey, edge: Edge) -> int | None:
    """The number of pixels of no class in the masks that a link carries; None where there are none."""
    params = survey.training.flow.nodes[edge.source].params
    facts = survey.project.data[params.source].facts
    known = facts.fields.get(edge.source_port) if facts else None
    return known.ignored if known else None


def move_along(place: Place, node: Node, left: list[Edge], ignored: int | None) -> Repair:
    """Move masks as their pictures are moved; where some pixels are of no class, so is what comes in from outside."""
    kind = set_node(place, node.id, "Use AugmentMasks instead", kind="AugmentMasks")
    arrive = connect(place, (left[0].source, left[0].source_port), (node.id, "mask"))
    outside = set_param(place.path, node.id, "mask_fill", ignored).edits if ignored is not None else ()
    edits = [*kind.edits, *outside, arrive]
    for edge in left:
        gone = edge_data(edge.source, edge.source_port, edge.target, edge.target_port)
        edits.append({"op": "disconnect", "graph": place.path, "edge": gone})
        edits.append(connect(place, (node.id, "mask"), (edge.target, edge.target_port)))
    return Repair(kind.title, tuple(edits))
