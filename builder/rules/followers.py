"""Networks that change without a loss, and those that nothing changes."""

from __future__ import annotations

from collections.abc import Iterator

from builder.closeups import Closeup
from builder.document import NETWORKS, TRAINING, Node
from builder.findings import Finding
from builder.flow import NodeFlow
from builder.phrases import join_words, quote
from builder.repairs import set_param
from builder.rules.base import GraphRule, NodeRule
from builder.rules.optimizers import list_optimizers
from builder.survey import Place

FOLLOWING = ("Average", "ClipWeights")


class FollowerRule(NodeRule):
    """An Average follows a network of the same layers that is not itself, and nothing else trains the follower."""

    code = "L014"
    title = "Average that cannot follow"
    where = "training"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node is an Average."""
        return seen.node.kind == "Average" and seen.flow.params is not None

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding for each follower that cannot follow."""
        followed = flow.params.network
        if not followed:
            others = [name for name in trained_by(place) if name not in flow.params.networks]
            text = (
                f"{place.who(node.id)}: it follows no network, so it changes nothing. Name the network that is trained."
            )
            repairs = [set_param(TRAINING, node.id, "network", others[0])] if len(others) == 1 else []
            yield self.find(place, text, node.id, param="network", repairs=repairs)
            return
        for name in flow.params.networks:
            reason = self.find_reason(place, name, followed)
            if reason:
                yield self.find(place, f"{place.who(node.id)}: {reason}", node.id, param="networks")

    def find_reason(self, place: Place, follower: str, followed: str) -> str:
        """Why a network cannot follow another; nothing where it can."""
        if follower == followed:
            return f"{quote(follower)} is to follow itself, so nothing changes. Let another network follow it."
        optimizer = trained_by(place).get(follower)
        if optimizer:
            return (
                f"{quote(follower)} follows {quote(followed)}, and {quote(optimizer)} trains it as well, so each undoes what "
                "the other does. Take it from one of the two."
            )
        own, other = list_weights(place, follower), list_weights(place, followed)
        if own is not None and other is not None and own != other:
            return (
                f"{quote(follower)} follows {quote(followed)}, and their layers have not the same weights. "
                "Draw both alike: duplicate the one that is followed."
            )
        return ""


def trained_by(place: Place) -> dict[str, str]:
    """The networks that optimizers change, each with the optimizer."""
    return {name: node.id for node, params in list_optimizers(place) for name in params.networks}


def list_weights(place: Place, name: str) -> list[tuple[str, int]] | None:
    """The kinds of a network's nodes that have weights and how many, in order; None where it does not work out."""
    flow = place.flows.get(NETWORKS + name)
    if flow is None or any(node.problems for node in flow.nodes.values()):
        return None
    found = [(node.kind.kind if node.kind else "", node.parameters) for node in flow.nodes.values()]
    return [pair for pair in found if pair[1]]


class AimlessUpdaterRule(NodeRule):
    """What changes weights without a loss names the networks."""

    code = "L015"
    title = "Updater without a network"
    where = "training"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node changes weights without a loss."""
        return seen.node.kind in FOLLOWING and seen.flow.params is not None

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where it names none."""
        if not flow.params.networks:
            does = "nothing follows" if node.kind == "Average" else "no weight is kept within bounds"
            text = f"{place.who(node.id)}: it names no network, so {does}. Name one."
            yield self.find(place, text, node.id, param="networks")


class UntrainedNetworkRule(GraphRule):
    """Somebody trains every network that is called, unless it starts from weights that were kept."""

    code = "L016"
    title = "Network that nobody trains"
    severity = "advice"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each network with weights that stays as it was drawn while others learn."""
        changed = trained_by(place)
        kept = {name for node, flow in place.known() if node.kind == "Average" for name in flow.params.networks}
        called = {
            flow.params.network: node.id for node, flow in reversed(list(place.known())) if node.kind == "Network"
        }
        if not changed or not changed.keys() <= called.keys():
            return  # whom optimizers name and do not reach is said there
        for name in sorted(called.keys() - changed.keys() - kept):
            graph = place.project.networks.get(name)
            if graph is not None and graph.weights is None and list_weights(place, name):
                trainers = join_words(quote(id) for id in dict.fromkeys(changed.values()))
                text = (
                    f"{place.who(called[name])}: nothing trains {quote(name)}, and it starts from fresh weights, so it stays as "
                    f"random as it begins. Let {trainers} train it as well, or start it from weights of an earlier run."
                )
                yield self.find(place, text, called[name], param="network")
