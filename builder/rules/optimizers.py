"""Optimizers, the losses they follow and the networks they change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.document import NETWORKS, TRAINING, Edge, Node
from builder.findings import Finding, Repair
from builder.ids import is_legal
from builder.kinds import Port
from builder.phrases import join_words, quote
from builder.repairs import beside, connect, connect_ports, new_node, place_between, set_node, set_param
from builder.rules.base import GraphRule, Rule
from builder.rules.bypass import is_cut
from builder.survey import Place, Survey

LOSS = Port("loss")


def list_optimizers(place: Place) -> list[tuple[Node, Any]]:
    """The optimizers that are known, with their parameters."""
    updaters = [(node, flow) for node, flow in place.known() if place.role(node.id) == "updater"]
    return [(node, flow.params) for node, flow in updaters if any(port.name == "loss" for port in flow.in_ports)]


def list_losses(place: Place) -> list[Node]:
    """The losses that lead to no optimizer yet."""
    losses = [node for node in place.nodes.values() if place.role(node.id) == "loss"]
    return [node for node in losses if not leads_to_updater(place, node.id)]


def leads_to_updater(place: Place, name: str) -> bool:
    """Whether an updater follows this value, or something computed from it."""
    return any(place.role(after) == "updater" for after in place.view.descendants(name))


def called_networks(place: Place) -> list[str]:
    """The networks that the training graph calls, in order, each once."""
    names = [str(flow.params.network) for node, flow in place.known() if node.kind == "Network"]
    return [name for name in dict.fromkeys(names) if name in place.project.networks]


class NoOptimizerRule(Rule):
    """Something learns."""

    code = "L004"
    title = "Nothing learns"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for a training graph without an optimizer."""
        place = survey.training
        if not place.nodes:
            text = (
                "The training graph is empty, so nothing is learned. "
                "Choose a task, or add data, a network, a loss and an optimizer."
            )
            yield self.find(place, text)
        elif not any(place.role(name) == "updater" or place.flow.nodes[name].kind is None for name in place.nodes):
            off = [
                node
                for node in survey.drawn_training.nodes.values()
                if survey.drawn_training.role(node.id) == "updater"
            ]
            if off:
                yield self.switch_on(survey, off)
                return
            losses = list_losses(place)
            loss = losses[0] if len(losses) == 1 else None
            params: dict[str, Any] = {"networks": called_networks(place)}
            added = new_node(place, "Adam", params, beside(loss, 1), len(place.graph.nodes))
            edits = [added]
            if loss:
                edits.append(connect(place, (loss.id, "output"), (added["node"]["id"], "loss")))
            text = "The training graph has no optimizer, so no weight ever changes. Add an optimizer and link a loss to it."
            yield self.find(place, text, repairs=[Repair("Add an Adam", tuple(edits))])

    def switch_on(self, survey: Survey, off: list[Node]) -> Finding:
        """Say that every optimizer is switched off."""
        place, id = survey.drawn_training, off[0].id
        text = f"{place.who(id)}: it is switched off and no other optimizer is on, so no weight ever changes. Switch it on."
        return self.find(place, text, id, repairs=[set_node(place, id, "Switch it on", bypassed=False)])


class IdleLossRule(GraphRule):
    """A loss leads to an optimizer."""

    code = "L005"
    title = "Loss without an optimizer"
    severity = "warning"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each loss that nothing makes smaller, once every optimizer has a loss."""
        optimizers = list_optimizers(place)
        links = [place.before(node.id, "loss") for node, _ in optimizers]
        if not all(links) or any(place.flow.nodes[node.id].problems for node, _ in optimizers):
            return
        for node in list_losses(place) if optimizers else []:
            followed = links[0] if len(links) == 1 else None
            repairs = [add_to_loss(place, node, followed)] if followed and is_legal(followed.source) else []
            text = (
                f"{place.who(node.id)}: it leads to no optimizer, so it is shown and nothing makes it smaller. "
                "Link it to an optimizer, or add it to another loss in a Formula."
            )
            yield self.find(place, text, node.id, repairs=repairs)


def add_to_loss(place: Place, node: Node, followed: Edge) -> Repair:
    """Add a loss to the one that an optimizer follows."""
    expression = {"expression": f"{followed.source} + {node.id}"}
    position, index = place_between(place, followed)
    added = new_node(place, "Formula", expression, position, index, "total")
    name = added["node"]["id"]
    links = (
        connect(place, (followed.source, followed.source_port), (name, followed.source)),
        connect(place, (node.id, "output"), (name, node.id)),
        connect(place, (name, "output"), (followed.target, followed.target_port)),
    )
    return Repair(f"Add it to {quote(followed.source)}", (added, *links))


class NoLossRule(GraphRule):
    """An optimizer follows a loss."""

    code = "L006"
    title = "Optimizer without a loss"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each optimizer that no loss is linked to."""
        for node, _ in list_optimizers(place):
            if place.before(node.id, "loss") is None and not is_cut(place, node.id, LOSS):
                losses = list_losses(place) or [each for each in place.nodes.values() if place.role(each.id) == "loss"]
                only = losses[0] if len(losses) == 1 else None
                fix = f"Connect {quote(only.id)} to it." if only else "Connect a loss to it."
                text = f"{place.who(node.id)}: it has no loss to make smaller, so it does nothing. {fix}"
                repairs = [connect_ports(place, (only.id, "output"), (node.id, "loss"))] if only else []
                yield self.find(place, text, node.id, port="loss", repairs=repairs)


class AimlessOptimizerRule(GraphRule):
    """An optimizer changes a network that has something to learn."""

    code = "L007"
    title = "Optimizer without a network"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each optimizer that has nothing to change."""
        called = called_networks(place)
        for node, params in list_optimizers(place):
            if not params.networks:
                fix = (
                    f"Let it train {join_words(map(quote, called))}." if called else "Add a network, and name it there."
                )
                text = f"{place.who(node.id)}: it names no network, so it changes nothing. {fix}"
                repairs = [set_param(TRAINING, node.id, "networks", list(called))] if called else []
                yield self.find(place, text, node.id, param="networks", repairs=repairs)
            elif all(is_weightless(place, name) for name in params.networks):
                names = join_words(map(quote, params.networks))
                text = f"{place.who(node.id)}: {names} has no weights, so there is nothing to learn. Add a layer with weights."
                yield self.find(place, text, node.id, param="networks")


def is_weightless(place: Place, name: str) -> bool:
    """Whether a network works out and has not a single weight."""
    flow = place.flows.get(NETWORKS + name)
    graph = place.project.networks.get(name)
    if flow is None or graph is None or not flow.outputs_of(graph):
        return False
    return flow.parameters == 0 and not any(node.problems for node in flow.nodes.values())


class UnreachedNetworkRule(GraphRule):
    """The loss of an optimizer depends on its networks."""

    code = "L008"
    title = "Loss does not depend on the network"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each optimizer whose loss reaches none of its networks."""
        for node, params in list_optimizers(place):
            edge = place.before(node.id, "loss")
            named = [name for name in params.networks if name in place.project.networks]
            if edge is None or not named or node.id in place.looped:
                continue
            reached, unknown = find_networks_before(place, edge.source)
            if unknown or reached.intersection(named):
                continue
            walls = find_walls(place, edge.source, named)
            if walls:
                yield self.report_walls(place, node, edge.source, named, walls)
            else:
                names = join_words(map(quote, named))
                behind = f"; it depends on {join_words(map(quote, sorted(reached)))}" if reached else ""
                text = (
                    f"{place.who(node.id)}: its loss {quote(edge.source)} does not depend on {names}{behind}, so nothing can be "
                    f"learned from it. Link the loss to an output of {names}, or let it train another network."
                )
                repairs = [set_param(TRAINING, node.id, "networks", sorted(reached))] if reached else []
                yield self.find(place, text, node.id, param="networks", repairs=repairs)

    def report_walls(self, place: Place, node: Node, loss: str, named: list[str], walls: list[str]) -> Finding:
        """Say which nodes let no gradient pass."""
        names, cutting = join_words(map(quote, named)), join_words(map(quote, walls))
        text = (
            f"{place.who(node.id)}: its loss {quote(loss)} depends on {names} only through {cutting}, where gradients end, so "
            f"nothing can be learned from it. Switch {cutting} off, or let the loss look at {names} in another way."
        )
        only = walls[0] if len(walls) == 1 and place.nodes[walls[0]].kind == "Detach" else None
        repairs = [set_node(place, only, f"Switch {quote(only)} off", bypassed=True)] if only else []
        return self.find(place, text, node.id, param="networks", repairs=repairs)


def find_walls(place: Place, loss: str, named: list[str]) -> list[str]:
    """The nodes before a loss at which gradients to these networks end."""
    cutting = [
        name
        for name in (loss, *place.view.ancestors(loss))
        if getattr(place.flow.nodes[name].kind, "cuts_gradient", False)
    ]
    return sorted(name for name in cutting if any(calls(place, other, named) for other in place.view.ancestors(name)))


def calls(place: Place, name: str, networks: list[str]) -> bool:
    """Whether a node calls one of these networks."""
    return place.nodes[name].kind == "Network" and getattr(place.flow.nodes[name].params, "network", None) in networks


def find_networks_before(place: Place, name: str) -> tuple[set[str], bool]:
    """The networks whose gradients reach a value, and whether the way there is not fully known."""
    networks: set[str] = set()
    waiting, seen, unknown = [name], {name}, False
    while waiting:
        node = place.nodes[waiting.pop()]
        flow = place.flow.nodes[node.id]
        unknown = unknown or flow.kind is None or flow.params is None or bool(flow.problems)
        if flow.params is not None and node.kind == "Network":
            networks.add(flow.params.network)
        if flow.params is not None and place.role(node.id) == "penalty":
            networks.update(flow.params.networks)
        is_open = not getattr(flow.kind, "cuts_gradient", False)
        sources = {edge.source for edge in place.view.incoming(node.id).values()} if is_open else set()
        waiting.extend(sources - seen)
        seen |= sources
    return networks, unknown


class RivalOptimizersRule(GraphRule):
    """Two optimizers of one network take turns."""

    code = "L009"
    title = "Two optimizers change one network at once"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each pair of optimizers that would change the same weights from gradients that no longer hold."""
        optimizers = list_optimizers(place)
        for i, (first, one) in enumerate(optimizers):
            for second, two in optimizers[i + 1 :]:
                shared = [name for name in one.networks if name in two.networks]
                if shared and (one.order == two.order or one.accumulate > 1 or two.accumulate > 1):
                    yield self.report(place, first, second, shared, one, two)

    def report(self, place: Place, first: Node, second: Node, shared: list[str], one: Any, two: Any) -> Finding:
        """Say which two, and how they can take turns."""
        start = f"{place.who(second.id)}: it and {quote(first.id)} both change {join_words(map(quote, shared))}"
        if one.order == two.order:
            text = (
                f"{start} at the same moment (order {two.order}), from gradients that the other makes wrong. "
                "Give them different orders."
            )
            later = max(params.order for _, params in list_optimizers(place)) + 1
            repairs = [set_param(TRAINING, second.id, "order", later)] if one.accumulate == two.accumulate == 1 else []
            return self.find(place, text, second.id, param="order", repairs=repairs)
        text = f"{start}, and one adds up gradients over several batches, which the other makes wrong. Set accumulate to 1."
        slow = second if two.accumulate > 1 else first
        repairs = [set_param(TRAINING, slow.id, "accumulate", 1)] if min(one.accumulate, two.accumulate) == 1 else []
        return self.find(place, text, second.id, param="accumulate", repairs=repairs)
