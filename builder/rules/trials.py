"""Repairs that may or may not help are tried out before they are offered."""

from __future__ import annotations

from builder.edits import EditError, apply_edits
from builder.findings import Repair
from builder.shape_flow import infer
from builder.survey import Place


def keep_helpful(place: Place, node: str, *repairs: Repair | None) -> list[Repair]:
    """The repairs after which the node has no problem, and no other node a new one."""
    return [repair for repair in repairs if repair is not None and is_helpful(place, node, repair)]


def is_helpful(place: Place, node: str, repair: Repair) -> bool:
    """Whether a repair makes shapes flow through a node without stopping them elsewhere."""
    try:
        flows = infer(apply_edits(place.project, repair.edits))
    except EditError:
        return False
    known = {(path, name) for path, flow in place.flows.items() for name in flow.nodes if flow.nodes[name].problems}
    after = {(path, name) for path, flow in flows.items() for name in flow.nodes if flow.nodes[name].problems}
    return (place.path, node) not in after and after <= known
