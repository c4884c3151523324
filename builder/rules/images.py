"""Images where a layer takes them for something else."""

from __future__ import annotations

from collections.abc import Iterator

from builder.findings import Finding
from builder.repairs import insert_on_link
from builder.rules.base import GraphRule
from builder.survey import Place

COLOURS = (1, 3, 4)


class LinearOnImageRule(GraphRule):
    """Images are flattened before a Linear."""

    code = "T006"
    title = "Linear on an image"
    severity = "warning"
    where = "network"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each Linear that gets an image as it is. Who changed the order of axes knows what he does."""
        for node, flow in place.known():
            got = flow.inputs.get("input")
            if node.kind != "Linear" or got is None or got.rank != 4:
                continue
            kinds = {place.nodes[before].kind for before in place.view.ancestors(node.id)}
            edge = place.before(node.id)
            if edge is None or kinds & {"Permute", "Linear", "MultiheadAttention"}:
                continue
            text = (
                f"{place.who(node.id)}: got {got}, and a Linear works on the last axis alone, so every row of the image is "
                f"looked at by itself. Insert Flatten before it."
            )
            yield self.find(
                place, text, node.id, repairs=[insert_on_link(place, edge, "Flatten", {}, "Insert Flatten")]
            )


class ChannelsLastRule(GraphRule):
    """Images have their channels first."""

    code = "T009"
    title = "Channels last"
    severity = "warning"
    where = "network"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each layer of images that gets what looks like height × width × channels."""
        for node, flow in place.known():
            got, edge = flow.inputs.get("input"), place.before(node.id)
            ranks = [port.ranks for port in flow.in_ports if port.name == "input"]
            if got is None or edge is None or ranks != [(4,)] or got.rank != 4:
                continue
            _, first, second, last = got.shape
            if last in COLOURS and first == second and first not in COLOURS and "Conv" in node.kind:
                text = (
                    f"{place.who(node.id)}: got {got}, which looks like height × width × channels, and it takes the first of "
                    f"them, {first}, for channels. Insert a Permute that puts the channels first."
                )
                repair = insert_on_link(place, edge, "Permute", {"dims": [0, 3, 1, 2]}, "Insert a Permute")
                yield self.find(place, text, node.id, repairs=[repair])
