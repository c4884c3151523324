"""Images where a layer takes them for something else."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import Node
from builder.findings import Finding
from builder.flow import NodeFlow
from builder.repairs import insert_on_link
from builder.rules.base import NodeRule
from builder.survey import Place

COLOURS = (1, 3, 4)


class LinearOnImageRule(NodeRule):
    """Images are flattened before a Linear."""

    code = "T006"
    title = "Linear on an image"
    severity = "warning"
    where = "network"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a Linear gets an image."""
        got = seen.flow.inputs.get("input")
        return seen.node.kind == "Linear" and got is not None and got.rank == 4 and seen.flow.params is not None

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where it gets the image as it is. Who changed the order of axes knows what he does."""
        kinds = {place.nodes[before].kind for before in place.view.ancestors(node.id)}
        edge = place.before(node.id)
        if edge is None or kinds & {"Permute", "Linear", "MultiheadAttention"}:
            return
        text = (
            f"{place.who(node.id)}: got {flow.inputs['input']}, and a Linear works on the last axis alone, so every row of the "
            "image is looked at by itself. Insert Flatten before it."
        )
        yield self.find(place, text, node.id, repairs=[insert_on_link(place, edge, "Flatten", {}, "Insert Flatten")])


class ChannelsLastRule(NodeRule):
    """Images have their channels first."""

    code = "T009"
    title = "Channels last"
    severity = "warning"
    where = "network"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a layer of images gets what looks like height × width × channels."""
        got, ranks = seen.flow.inputs.get("input"), [port.ranks for port in seen.flow.in_ports if port.name == "input"]
        if got is None or got.rank != 4 or ranks != [(4,)] or seen.flow.params is None or "Conv" not in seen.node.kind:
            return False
        _, first, second, last = got.shape
        return last in COLOURS and first == second and first not in COLOURS

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where it comes through a link."""
        got, edge = flow.inputs["input"], place.before(node.id)
        if edge is None:
            return
        text = (
            f"{place.who(node.id)}: got {got}, which looks like height × width × channels, and it takes the first of "
            f"them, {got.shape[1]}, for channels. Insert a Permute that puts the channels first."
        )
        repair = insert_on_link(place, edge, "Permute", {"dims": [0, 3, 1, 2]}, "Insert a Permute")
        yield self.find(place, text, node.id, repairs=[repair])
