"""How networks and data are used in training, and layers that add nothing."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import NETWORKS, TRAINING, Node
from builder.findings import Finding
from builder.flow import NodeFlow
from builder.phrases import join_words, quote
from builder.repairs import insert_on_link, set_param
from builder.repetitions import blocks_in
from builder.rules.base import GraphRule, NodeRule, Rule
from builder.rules.trace import step_back
from builder.survey import Place, Survey


class UnusedNetworkRule(Rule):
    """Every network has a part in training."""

    code = "L010"
    title = "Network not used in training"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each network that training never calls, not even inside another.

        Silent while something names a network that is not there: perhaps this one is meant.
        """
        if not survey.training.nodes:
            return
        used = {name for place in survey.places for name in names_used(place)}
        if used - survey.project.networks.keys():
            return
        for name in survey.project.networks:
            if name not in used:
                text = (
                    f"Network {quote(name)}: the training graph never calls it, so it learns nothing. "
                    "Add a Network node that calls it, or remove it."
                )
                yield self.find(survey.place(NETWORKS + name), text)


def names_used(place: Place) -> set[str]:
    """The networks that a graph calls or names."""
    nodes = place.having(names_network)
    return {str(node.params.get("network", "model")) for node in nodes} | blocks_in(nodes)


def names_network(seen: Closeup) -> bool:
    """Whether a node calls or names a network."""
    return seen.node.kind in ("Network", "Block") or isinstance(seen.node.params.get("network"), str)


class LinearPairRule(NodeRule):
    """Two linear layers have something between them."""

    code = "L011"
    title = "Two linear layers with nothing between"
    severity = "advice"
    where = "network"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node is a Linear."""
        return seen.node.kind == "Linear"

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where it is right behind another."""
        before, edge = step_back(place, node.id), place.before(node.id)
        if before is None or edge is None or before.node.kind != "Linear" or node.id in place.looped:
            return
        text = (
            f"{place.who(node.id)}: it follows {quote(before.node.id)} with nothing between, and two linear layers in a row "
            "can do no more than one. Insert a ReLU between them."
        )
        yield self.find(place, text, node.id, repairs=[insert_on_link(place, edge, "ReLU", {}, "Insert ReLU")])


class DataRule(GraphRule):
    """One Data node leads, and only one."""

    code = "L012"
    title = "No data, or several that lead"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for a training graph without a leading Data node, or with several."""
        data = [(node, flow.params) for node, flow in place.known() if node.kind == "Data"]
        broken = any(node.kind == "Data" and place.flow.nodes[node.id].params is None for node in place.graph.nodes)
        if not place.nodes or broken:
            return
        if not data and any(
            node.kind == "Data" and place.drawn.outgoing(node.id) for node in place.drawn.nodes.values()
        ):
            return  # all are switched off, and what needs them says so
        if not data:
            text = (
                "The training graph has no Data node, so there is nothing to learn from. Add one and link its fields."
            )
            yield self.find(place, text)
            return
        leading = [node for node, params in data if params.leads]
        if not leading:
            first = data[0][0]
            text = (
                f"{place.who(first.id)}: no Data node leads, so nobody knows when an epoch ends. Let one of them lead."
            )
            yield self.find(
                place, text, first.id, param="leads", repairs=[set_param(TRAINING, first.id, "leads", True)]
            )
        for node in leading[1:]:
            others = join_words(quote(other.id) for other in leading if other is not node)
            text = f"{place.who(node.id)}: it leads, and so does {others}, so nobody knows when an epoch ends. Let only one lead."
            yield self.find(place, text, node.id, param="leads", repairs=[set_param(TRAINING, node.id, "leads", False)])
