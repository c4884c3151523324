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
from builder.repairs import Json, change_kind, insert_on_link, set_param
from builder.rules.base import Rule
from builder.rules.trace import Spot, find_sizing_layer, trace_column, trace_field, trace_output
from builder.rules.trials import keep_helpful
from builder.survey import Survey
from builder.tensors import TensorSpec
from builder.training.fitting import find_class_axis, is_integer
from builder.training.losses import BCEWithLogitsLoss, CrossEntropyLoss

SCORING = frozenset({"CrossEntropyLoss", "NLLLoss"})
COUNTING = frozenset({"DiceLoss", "IoU", "Dice"})
"""Kinds that take scores of classes where the truth is their numbers, else one score."""
TWO_SIDED = frozenset({"BCEWithLogitsLoss", "BCELoss"})
MISMATCHES = ("target_shape", "target_classes")
TWO, PICTURE = 2, 4
"""Classes of yes and no; axes of pictures."""


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
            if node.kind in TWO_SIDED and field and (len(field[1].classes or ()) > TWO or field[1].ignored is not None):
                said.add(pair)
                yield self.report_two_sided(survey, node, field)
            elif node.kind in SCORING and field and is_yes_or_no(field[1]):
                said.add(pair)
                yield self.report_yes_or_no(survey, node, flow)
            elif reason and pair not in said:
                said.add(pair)
                yield self.report(survey, node, flow, reason)

    def report_two_sided(self, survey: Survey, node: Node, field: tuple[str, FieldFacts]) -> Finding:
        """Say that a loss for yes and no cannot tell many classes apart, and cannot leave a pixel out."""
        place, classes = survey.training, len(field[1].classes or ())
        has = f"the target has {classes}" if classes > TWO else "some pixels of the target are of none"
        text = f"{place.who(node.id)}: it tells two classes apart, and {has}. Use CrossEntropyLoss instead."
        kind = change_kind(place, node, "CrossEntropyLoss", CrossEntropyLoss.Params.model_fields)
        if field[1].ignored is not None:
            kind = Repair(kind.title, (*kind.edits, *leave_pixels_out(survey, node, field)))
        return self.find(place, text, node.id, repairs=keep_helpful(place, node.id, kind))

    def report_yes_or_no(self, survey: Survey, node: Node, flow: NodeFlow) -> Finding:
        """Say that a loss of numbers of classes gets a mask of 0 and 1, and give that one score a pixel."""
        place, kind = survey.training, BCEWithLogitsLoss
        edge, sized = trace_column(survey, node.id), find_sizing_layer(trace_output(survey, node.id))
        name = edge.source_port if edge else "target"
        text = (
            f"{place.who(node.id)}: it takes the numbers of classes, and {quote(name)} says yes or no, by 1 and 0, of each "
            f"pixel. Use {kind.kind} instead, with one score a pixel."
        )
        repair = change_kind(place, node, kind.kind, kind.Params.model_fields)
        scores = flow.inputs.get("input")
        if sized is not None and scores is not None and scores.shape[1:2] != (1,):
            spot, param = sized
            edits = set_param(spot.place.path, spot.node.id, param, 1).edits
            repair = Repair(f"{repair.title}, with one score a pixel", (*repair.edits, *edits))
        return self.find(place, text, node.id, repairs=keep_helpful(place, node.id, repair))

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
    if node.kind in COUNTING and scores == 1 and classes == TWO:
        return None  # yes or no
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
    has_classes = field is not None and field[1].classes and not is_yes_or_no(field[1])
    if (target is not None and scores_classes(node, target)) or (
        has_classes and survey.training.role(node.id) == "metric"
    ):
        classes = count_classes(field[1]) if field is not None else None
        return None if field is None or classes is None else refer_to_classes(survey, node, field[0], classes)
    if target is None or (target.rank > 2 and not differs_in_channels(flow.inputs.get("input"), target)):
        return None
    size = target.shape[1] if target.rank > 1 else 1
    return size if isinstance(size, int) else None


def refer_to_classes(survey: Survey, node: Node, source: str, classes: int) -> JsonValue:
    """How many classes the truth of a node has: a reference to the data where there is one, else the number."""
    edge, scope = trace_column(survey, node.id), facts_scope(survey.project)
    named = edge.source_port.removesuffix("_next") if edge else ""
    names = ("classes", f"{named}_classes", f"{named}_vocabulary")
    tried = [*names, *(f"{source}.{name}" for name in names)]
    return next((f"${name}" for name in tried if scope.get(name) == classes), classes)


def leave_pixels_out(survey: Survey, node: Node, field: tuple[str, FieldFacts]) -> tuple[Json, ...]:
    """The edits after which a loss leaves out pixels of no class, and gets a score for each class of the others."""
    source, facts = field
    edits = set_param(survey.training.path, node.id, "ignore_index", facts.ignored).edits
    sized = find_sizing_layer(trace_output(survey, node.id))
    if sized is not None:
        spot, param = sized
        wanted = refer_to_classes(survey, node, source, len(facts.classes or ()))
        edits += set_param(spot.place.path, spot.node.id, param, wanted).edits
    return edits


def differs_in_channels(given: TensorSpec | None, target: TensorSpec) -> bool:
    """Whether answer and truth are pictures of one size."""
    return given is not None and given.rank == target.rank == PICTURE and given.shape[2:] == target.shape[2:]


def is_yes_or_no(facts: FieldFacts) -> bool:
    """Whether a field is a mask of two classes: 0 and 1 in one channel."""
    return facts.kind == "mask" and len(facts.classes or ()) == TWO and facts.dtype.startswith("float")


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
