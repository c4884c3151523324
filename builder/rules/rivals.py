"""Two networks against each other that one optimizer trains together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from builder.document import TRAINING, Node
from builder.findings import Finding
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import GraphRule
from builder.rules.optimizers import list_optimizers
from builder.survey import Place


class RivalNetworksRule(GraphRule):
    """Who judges and who is judged are not trained by the same loss."""

    code = "L018"
    title = "One optimizer trains two rivals"
    severity = "warning"
    where = "training"

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """One finding for each pair of a judge and a network whose work it is taught to tell apart, trained by one loss."""
        for node, params in list_optimizers(place):
            edge = place.before(node.id, "loss")
            if edge is None or len(params.networks) < 2 or node.id in place.looped:
                continue
            for judge, judged in sorted(find_rivals(place, edge.source, params.networks)):
                text = (
                    f"{place.who(node.id)}: it teaches {quote(judge)} to tell apart what {quote(judged)} makes, and trains "
                    f"{quote(judged)} by the same loss, which then makes it easy to be told apart. Give {quote(judged)} an "
                    "optimizer and a loss of its own."
                )
                alone = [name for name in params.networks if name != judged]
                repair = set_param(TRAINING, node.id, "networks", alone)
                yield self.find(place, text, node.id, param="networks", repairs=[repair])


def find_rivals(place: Place, loss: str, trained: list[str]) -> set[tuple[str, str]]:
    """The pairs of trained networks of which the first is told by a loss what is real and what the second one made."""
    wanted: dict[str, dict[float, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name in (loss, *place.view.ancestors(loss)):
        answer, call = read_verdict(place, place.nodes[name])
        if answer is not None and call is not None:
            wanted[network_of(place, call)][answer] |= find_makers(place, call)
    return {
        (judge, judged)
        for judge, answers in wanted.items()
        if judge in trained
        for judged in trained
        if judged != judge and {judged in makers for makers in answers.values()} == {True, False}
    }


def read_verdict(place: Place, node: Node) -> tuple[float | None, str | None]:
    """The fixed answer that a loss asks for, and the call of a network that it asks; nothing where it is no such loss."""
    edge = place.before(node.id, "input")
    is_fixed = place.role(node.id) == "loss" and place.before(node.id, "target") is None
    answer = getattr(place.flow.nodes[node.id].params, "target", None) if is_fixed else None
    if edge is None or not isinstance(answer, int | float) or place.nodes[edge.source].kind != "Network":
        return None, None
    return float(answer), edge.source


def find_makers(place: Place, call: str) -> set[str]:
    """The networks that had a part in what a call is given."""
    return {network_of(place, name) for name in place.view.ancestors(call) if place.nodes[name].kind == "Network"}


def network_of(place: Place, call: str) -> str:
    """The network that a node calls."""
    return str(getattr(place.flow.nodes[call].params, "network", ""))
