"""Answers of a network that cannot be compared with the truth."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from builder.document import FieldFacts, Node
from builder.findings import Finding, Repair
from builder.flow import NodeFlow
from builder.layers.base import Misfit
from builder.phrases import quote
from builder.ports import arrange
from builder.references import facts_scope
from builder.repairs import insert_on_link, set_node, set_param
from builder.rules.base import Rule
from builder.rules.trace import Spot, find_sizing_layer, trace_field, trace_output
from builder.rules.trials import keep_helpful
from builder.survey import Survey
from builder.tensors import TensorSpec
from builder.training.fitting import find_class_axis, is_integer

SCORING = frozenset({"CrossEntropyLoss", "NLLLoss"})
COUNTING = frozenset({"DiceLoss"})
"""Losses that take scores of classes where the truth is their numbers, else one score."""
TWO_SIDED = frozenset({"BCEWithLogitsLoss", "BCELoss"})
MISMATCHES = ("target_shape", "target_classes")


class TargetRule(Rule):
    """What a network answers can be compared with the truth."""

    code = "L001"
    title = "Output does not fit the target"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each pair of an answer and a truth, at the first loss or metric that compares them."""
        said: set[tuple[object, ...]] = set()
        place = survey.training
        compared = [item for item in place.known() if place.role(item[0].id) in ("loss", "metric")]
        for node, flow in sorted(compared, key=lambda item: place.role(item[0].id) == "metric"):
            pair = tuple(
                edge.ends()[:2] if (edge := place.before(node.id, port)) else None for port in ("input", "target")
            )
            reason = find_mismatch(survey, node, flow)
            field = trace_field(survey, node.id)
            if node.kind in TWO_SIDED and field and len(field[1].classes or ()) > 2:
                said.add(pair)
                yield self.report_two_sided(survey, node, len(field[1].classes or ()))
            elif reason and pair not in said:
                said.add(pair)
                yield self.report(survey, node, flow, reason)

    def report_two_sided(self, survey: Survey, node: Node, classes: int) -> Finding:
        """Say that a loss for yes and no cannot tell many classes apart."""
        place = survey.training
        text = f"{place.who(node.id)}: it tells two classes apart, and the target has {classes}. Use CrossEntropyLoss instead."
        kind = set_node(place, node.id, "Use CrossEntropyLoss instead", kind="CrossEntropyLoss")
        return self.find(place, text, node.id, repairs=keep_helpful(place, node.id, kind))

    def report(self, survey: Survey, node: Node, flow: NodeFlow, reason: str) -> Finding:
        """Say what is compared with what, at the layer that decides the number of outputs where there is one."""
        sized = find_sizing_layer(trace_output(survey, node.id))
        field = trace_field(survey, node.id)
        asker = survey.training.who(node.id)
        wanted = wanted_size(survey, node, flow, field)
        if sized is None or wanted is None:
            text = f"{asker}: {reason}. Link another output or field, or change the layers that give it."
            return self.find(survey.training, text, node.id, port="input")
        spot, param = sized
        repairs = mend(survey, node, spot, param, wanted)
        fix = repairs[0].title if repairs else f"Change {param} of {quote(spot.node.id)}"
        cause = describe_cause(spot, repairs)
        text = f"{spot.place.who(spot.node.id)}: {cause}{asker} {reason}. {fix}."
        return self.find(
            spot.place, text.replace(f"{asker} got", f"{asker} gets"), spot.node.id, param=param, repairs=repairs
        )


def describe_cause(spot: Spot, repairs: list[Repair]) -> str:
    """Why a Linear gives more than one row of numbers a sample, where flattening what it gets is what helps."""
    added = [edit["node"]["kind"] for repair in repairs for edit in repair.edits if edit["op"] == "add_node"]
    if "Flatten" not in added:
        return ""
    return f"got {spot.place.flow.nodes[spot.node.id].inputs['input']}, and a Linear works on the last axis alone, so "


def find_mismatch(survey: Survey, node: Node, flow: NodeFlow) -> str | None:
    """Why answer and truth cannot be compared; None where they can, or where it is not known."""
    for problem in flow.problems:
        if problem.code in MISMATCHES:
            return problem.reason
    if flow.problems or flow.kind is None or len(flow.inputs) < 2:
        return None
    try:
        flow.kind.construct(flow.params, tuple(arrange(flow.in_ports, flow.inputs)))  # type: ignore[attr-defined]
    except Misfit as misfit:
        return misfit.reason if misfit.code in MISMATCHES else None
    return find_missing_classes(survey, node, flow)


def find_missing_classes(survey: Survey, node: Node, flow: NodeFlow) -> str | None:
    """Why scores do not cover the classes of the target."""
    found, spec = trace_field(survey, node.id), flow.inputs.get("input")
    target = flow.inputs.get("target")
    if found is None or spec is None or target is None or not scores_classes(node, target) or spec.rank < 2:
        return None
    classes = count_classes(found[1])
    scores = spec.shape[find_class_axis(spec, target) or 1]
    if classes is None or not isinstance(scores, int) or scores == classes:
        return None
    return f"got {count(scores, 'score')}, and the target has {count(classes, 'class')}"


def scores_classes(node: Node, target: TensorSpec) -> bool:
    """Whether a loss takes a score for each class of such a truth."""
    return node.kind in SCORING or (node.kind in COUNTING and is_integer(target))


def count_classes(facts: FieldFacts) -> int | None:
    """How many classes a field has: those with names, or all tokens of a text."""
    return facts.vocabulary if facts.classes is None else len(facts.classes)


def count(number: int, word: str) -> str:
    """A number with its noun."""
    plural = f"{word}es" if word.endswith("s") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"


def wanted_size(survey: Survey, node: Node, flow: NodeFlow, field: tuple[str, FieldFacts] | None) -> JsonValue:
    """How many outputs the target asks for: a reference to the data where there is one, else a number."""
    target = flow.inputs.get("target")
    is_measured = field and field[1].classes and survey.training.role(node.id) == "metric"
    if (target is not None and scores_classes(node, target)) or is_measured:
        classes = count_classes(field[1]) if field is not None else None
        if field is None or classes is None:
            return None
        edge, scope = survey.training.before(node.id, "target"), facts_scope(survey.project)
        named = edge.source_port.removesuffix("_next") if edge else ""
        names = ("classes", f"{named}_classes", f"{named}_vocabulary")
        tried = [*names, *(f"{field[0]}.{name}" for name in names)]
        return next((f"${name}" for name in tried if scope.get(name) == classes), classes)
    if target is None or target.rank > 2:
        return None
    size = target.shape[1] if target.rank == 2 else 1
    return size if isinstance(size, int) else None


def mend(survey: Survey, node: Node, spot: Spot, param: str, wanted: JsonValue) -> list[Repair]:
    """Set the size of the deciding layer, or flatten the image that it gets."""
    path = spot.place.path
    edge = spot.place.before(spot.node.id)
    got = spot.place.flow.nodes[spot.node.id].inputs.get("input")
    sized = set_param(path, spot.node.id, param, wanted)
    tries: list[Repair | None] = [sized]
    if edge and got and got.rank > 2 and spot.node.kind == "Linear":
        flatten = insert_on_link(spot.place, edge, "Flatten", {}, f"Insert Flatten before {quote(spot.node.id)}")
        tries += [flatten, Repair(flatten.title, (*flatten.edits, *sized.edits))]
    return keep_helpful(survey.training, node.id, *tries)[:1]
