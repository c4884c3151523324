"""Names of networks, sources, metrics and nodes that nothing bears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from builder.closeups import Closeup
from builder.document import NETWORKS, TRAINING, Node
from builder.findings import Finding, Repair
from builder.flow import NodeFlow
from builder.kinds import Construct
from builder.layers import CATALOGUE
from builder.layers.base import Layer
from builder.phrases import join_words, quote
from builder.ports import arrange
from builder.repairs import set_node, set_param, set_value
from builder.repetitions import NAMING
from builder.rules.base import NodeRule, Rule
from builder.survey import Place, Survey


def describe_known(names: Iterable[str], what: str) -> str:
    """Say which names there are."""
    known = join_words((quote(name) for name in names), "or")
    return f"Choose {known}" if known else f"Add a {what} first"


class MissingNetworkRule(NodeRule):
    """Every network that is named is there."""

    code = "P004"
    title = "No such network"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node names a network."""
        return seen.flow.params is not None and any(names for _, names in named_networks(seen.flow.params, seen.node))

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where a network that is named is not there."""
        for param, named in named_networks(flow.params, node):
            missing = [name for name in named if name not in place.project.networks]
            if not missing:
                continue
            others = [name for name in place.project.networks if f"{NETWORKS}{name}" != place.path]
            text = (
                f"{place.who(node.id)}: it names the network {quote(missing[0])}, and there is none of that name. "
                f"{describe_known(others, 'network')}."
            )
            yield self.find(place, text, node.id, param=param, repairs=self.mend(place, node, param, named, others))

    def mend(self, place: Place, node: Node, param: str, named: list[str], others: list[str]) -> list[Repair]:
        """Name the only network that could be meant."""
        if len(others) != 1:
            return []
        value = others[0] if param in NAMING else list(dict.fromkeys([*set(named) & set(others), *others]))
        return [set_param(place.path, node.id, param, value)]


def named_networks(params: object, node: Node) -> list[tuple[str, list[str]]]:
    """The parameters in which a node names networks, and the names."""
    if node.kind in ("Network", "Block"):
        first = str(getattr(params, "first_network", ""))
        other = [("first_network", [first])] if first else []
        return [("network", [str(getattr(params, "network", ""))]), *other]
    several = list(getattr(params, "networks", ()))
    one = getattr(params, "network", None)
    return [*([("network", [one])] if isinstance(one, str) and one else []), ("networks", several)]


class MissingSourceRule(NodeRule):
    """Every source that is named is there."""

    code = "P005"
    title = "No such data"
    where = "training"

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node takes batches of a source."""
        return seen.node.kind == "Data" and seen.flow.params is not None

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where the source is not there."""
        if flow.params.source not in place.project.data:
            sources = list(place.project.data)
            text = (
                f"{place.who(node.id)}: it takes batches of the source {quote(flow.params.source)}, and the project has "
                f"none of that name. {describe_known(sources, 'source')}."
            )
            repairs = [set_param(place.path, node.id, "source", sources[0])] if len(sources) == 1 else []
            yield self.find(place, text, node.id, param="source", repairs=repairs)


class WatchedMetricRule(Rule):
    """What a run watches is measured."""

    code = "P006"
    title = "Watched metric is missing"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each of keep_best and early_stopping whose metric is not there."""
        place = survey.training
        measured = [id_ for id_ in place.nodes if place.role(id_) in ("metric", "loss") and watchable(place, id_)]
        for name, words in (("keep_best", "keeps the weights that are best by"), ("early_stopping", "stops early by")):
            part = getattr(survey.project.run, name)
            if part is None or part.metric in measured or is_computed(place, part.metric):
                continue
            node = place.drawn.nodes.get(part.metric)
            if node is not None and node.id not in place.nodes:
                text = (
                    f"The run {words} {quote(node.id)}, which is switched off. Switch it on, or watch something else."
                )
                repairs = [set_node(place, node.id, f"Switch {quote(node.id)} on", bypassed=False)]
                yield self.find(None, text, graph=TRAINING, repairs=repairs)
                continue
            why = "which gives no single number" if node else "and the training graph has no such node"
            text = f"The run {words} {quote(part.metric)}, {why}. {describe_known(measured, 'metric')}."
            repairs = [set_value(f"run.{name}", None, "Do not watch any metric")]
            if len(measured) == 1:
                repairs.insert(0, set_value(f"run.{name}.metric", measured[0], f"Watch {quote(measured[0])}"))
            yield self.find(None, text, graph=TRAINING, repairs=repairs)
        yield from self.check_schedules(place, measured)

    def check_schedules(self, place: Place, measured: list[str]) -> Iterator[Finding]:
        """One finding for each schedule that waits for a metric that is not there."""
        for node, flow in place.known():
            schedule = getattr(flow.params, "schedule", None)
            name = getattr(schedule, "metric", None)
            if schedule is None or name is None or name in measured or is_computed(place, name):
                continue
            text = (
                f"{place.who(node.id)}: its schedule waits for {quote(name)} to stop getting better, and nothing of that "
                f"name is measured. {describe_known(measured, 'metric')}."
            )
            changed = {**schedule.model_dump(mode="json"), "metric": measured[0]} if len(measured) == 1 else None
            repair = (
                Repair(f"Wait for {quote(measured[0])}", set_param(place.path, node.id, "schedule", changed).edits)
                if changed
                else None
            )
            yield self.find(place, text, node.id, param="schedule", repairs=[repair])


def watchable(place: Place, name: str) -> bool:
    """Whether a metric or a loss gives one number: a confusion matrix does not."""
    return bool(getattr(place.flow.nodes[name].kind, "is_number", True))


def is_computed(place: Place, name: str) -> bool:
    """Whether a node is a sum of losses that an optimizer follows, which is logged like a loss."""
    return name in place.nodes and any(place.role(edge.target) == "updater" for edge in place.view.outgoing(name))


class SharedWeightsRule(NodeRule):
    """Weights are shared with a node of the same kind that has its own."""

    code = "P007"
    title = "Shares weights with nothing"
    sees_all = True

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node shares weights."""
        return seen.node.weights_of is not None and not seen.node.bypassed

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """A finding where a node shares the weights of another in vain."""
        fault = find_sharing_fault(place, node)
        if fault:
            text = f"{place.who(node.id)}: it shares the weights of {quote(node.weights_of or '')}, {fault}. Give it its own."
            repairs = [set_node(place, node.id, "Give it its own", weights_of=None)]
            yield self.find(place, text, node.id, repairs=repairs)


def find_sharing_fault(place: Place, node: Node) -> str | None:
    """Why the weights of another node cannot be shared; None where they can."""
    other = place.nodes.get(node.weights_of or "")
    faults = {
        "and there is no such node": other is None,
        "which is itself": other is node,
        "which is of another kind": other is not None and other.kind not in (node.kind, *list_lenders(node)),
        "which shares them with another in turn": other is not None and other.weights_of is not None,
        "which is switched off": other is not None and other.bypassed,
    }
    if other is not None and other.kind == node.kind:
        faults["which has other parameters"] = has_other_params(place, node, other)
        faults["which takes inputs of another size"] = has_other_sizes(place, node, other)
    found = next((fault for fault, holds in faults.items() if holds), None)
    return found or (find_misloan(place, node, other) if other is not None and other.kind != node.kind else None)


def list_lenders(node: Node) -> tuple[str, ...]:
    """The other kinds whose weights a node may use."""
    kind = CATALOGUE.get(node.kind)
    return kind.borrows_from if kind is not None else ()


def find_misloan(place: Place, node: Node, other: Node) -> str | None:
    """Why a node cannot use the weights of one of another kind; None where it can, or where that is not known yet."""
    mine, theirs = (place.flow.nodes[each.id] for each in (node, other))
    made, lent = list_modules(mine), list_modules(theirs)
    is_known = mine.outputs and theirs.outputs and made and lent
    return CATALOGUE[node.kind].find_misloan(made[0], lent[0]) if is_known else None


def has_other_params(place: Place, node: Node, other: Node) -> bool:
    """Whether two nodes of a kind mean different parameters, however they are written."""
    mine, theirs = (place.flow.nodes[each.id].params for each in (node, other))
    return bool(mine != theirs) if mine is not None and theirs is not None else node.params != other.params


def has_other_sizes(place: Place, node: Node, other: Node) -> bool:
    """Whether the module made for the other node's inputs is another than this one's: its weights would not fit."""
    mine, theirs = (place.flow.nodes[each.id] for each in (node, other))
    is_known = not (mine.problems or theirs.problems) and mine.outputs and theirs.outputs
    return bool(is_known and theirs.parameters and list_modules(mine) != list_modules(theirs))


def list_modules(flow: NodeFlow) -> list[Construct]:
    """How the modules with a node's weights are made: one for a layer, those inside for a block."""
    if flow.inner:
        within = [known for use in flow.inner for known in use.nodes.values() if known.parameters]
        return [made for known in within for made in list_modules(known)]
    if flow.kind is None or not issubclass(flow.kind, Layer):
        return []
    made = flow.kind.construct(flow.params, tuple(arrange(flow.in_ports, flow.inputs)))
    return [made] if made else []
