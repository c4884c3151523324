"""From a node of the training graph back to the layer of a network, or the field of a source, that it looks at."""

from __future__ import annotations

from dataclasses import dataclass

from builder.closeups import Closeup
from builder.columns import list_columns
from builder.document import NETWORKS, Edge, FieldFacts, Node
from builder.survey import Place, Survey

SIZED = {
    "Linear": "out_features",
    "Bilinear": "out_features",
    "Conv1d": "out_channels",
    "Conv2d": "out_channels",
    "Conv3d": "out_channels",
}

MOVING = frozenset({"AugmentMasks"})
"""Kinds whose outputs are what goes into their inputs of the same names, moved."""


@dataclass(frozen=True)
class Spot:
    """A node and the graph that it is in."""

    place: Place
    node: Node


def trace_output(survey: Survey, name: str, port: str = "input") -> Spot | None:
    """The layer whose result arrives, through the Output of a network, at a port of a node of the training graph."""
    edge = survey.training.before(name, port)
    caller = survey.training.nodes.get(edge.source) if edge else None
    if edge is None or caller is None or caller.kind != "Network":
        return None
    path = NETWORKS + str(caller.params.get("network", "model"))
    place = next((place for place in survey.places if place.path == path), None)
    if place is None or edge.source_port not in place.nodes:
        return None
    return step_back(place, edge.source_port)


def step_back(place: Place, name: str) -> Spot | None:
    """The layer before a node."""
    edge = place.before(name)
    return Spot(place, place.nodes[edge.source]) if edge else None


def find_sizing_layer(spot: Spot | None) -> tuple[Spot, str] | None:
    """The layer that decides how many outputs there are, and its parameter: nothing behind it changes the shape."""
    seen: set[str] = set()
    while spot is not None and spot.node.id not in seen:
        seen.add(spot.node.id)
        if spot.node.kind in SIZED:
            return spot, SIZED[spot.node.kind]
        flow = spot.place.flow.nodes[spot.node.id]
        specs = {*flow.inputs.values(), *flow.outputs.values()}
        spot = step_back(spot.place, spot.node.id) if len(specs) == 1 else None
    return None


def trace_field(survey: Survey, name: str, port: str = "target") -> tuple[str, FieldFacts] | None:
    """The source, and the facts of the field, that a port of a node of the training graph is linked to."""
    edge = trace_column(survey, name, port)
    data = survey.training.nodes.get(edge.source) if edge else None
    if edge is None or data is None or data.kind != "Data":
        return None
    source = str(data.params.get("source", "main"))
    known = survey.project.data.get(source)
    column = next((item for item in list_columns(known) if item.name == edge.source_port), None) if known else None
    if known is None or known.facts is None or column is None or column.is_lengths:
        return None
    field = known.facts.fields.get(column.field)
    return (source, field) if field else None


def trace_column(survey: Survey, name: str, port: str = "target") -> Edge | None:
    """The link that a port has its value from, behind what moves pictures and masks alike."""
    edge, moving, seen = survey.training.before(name, port), survey.training.having(moves), {name}
    while edge is not None and edge.source not in seen and any(node.id == edge.source for node in moving):
        seen.add(edge.source)
        edge = survey.training.before(edge.source, edge.source_port)
    return edge


def moves(seen: Closeup) -> bool:
    """Whether a node hands on what it gets, moved."""
    return seen.node.kind in MOVING
