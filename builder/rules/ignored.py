"""Pixels that are of no class, or of one that is left out, and count for some losses and metrics all the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from builder.document import FieldFacts, Node
from builder.findings import Finding, Repair
from builder.phrases import join_words, quote
from builder.repairs import change_kind, set_param, unset_param
from builder.rules.averages import ALL
from builder.rules.base import Rule
from builder.rules.targets import TWO, find_mismatch
from builder.rules.trace import trace_column, trace_field
from builder.rules.trials import keep_helpful
from builder.survey import Place, Survey
from builder.training.losses import CrossEntropyLoss
from builder.training.masks import IoU

IGNORE = "ignore_index"
WHY = {(True, False): "it learns what is not measured", (False, True): "it measures what is not learned"}
"""What comes of counting pixels that another one leaves out, by whether each of the two is a loss."""


@dataclass(frozen=True)
class Judge:
    """A loss or a metric of masks, the field that is its truth, and the class that it leaves out: None for none."""

    node: Node
    is_loss: bool
    column: str
    facts: FieldFacts
    can_ignore: bool
    ignored: int | None


class NoClassRule(Rule):
    """What a mask says to be of no class is counted nowhere."""

    code = "L024"
    title = "Pixels of no class are counted"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each truth with such pixels, and one for each loss or metric that knows no others."""
        place = survey.training
        for judges in group_judges(survey):
            number, column = judges[0].facts.ignored, judges[0].column
            if number is None:
                continue
            said = f"of {quote(column)} that are of no class have the number {number}"
            for judge in judges:
                if not judge.can_ignore:
                    kind, repair = use_ignoring(place, judge, number)
                    text = f"{place.who(judge.node.id)}: it counts every pixel, and those {said}. Use {kind} instead."
                    yield self.find(place, text, judge.node.id, repairs=keep_helpful(place, judge.node.id, repair))
            counting = [judge for judge in judges if judge.can_ignore and judge.ignored != number]
            if counting:
                first, named = counting[0].node.id, name_judges(counting)
                verb = "takes" if len(counting) == 1 else "take"
                text = (
                    f"{place.who(first)}: pixels {said}, and {named if len(counting) > 1 else 'it'} {verb} that for a class "
                    f"that there is not. Set {IGNORE} of {named} to {number}."
                )
                yield self.find(place, text, first, param=IGNORE, repairs=[set_ignored(place, counting, number)])


class UnevenRule(Rule):
    """What is left out of learning is left out of measuring, and the other way round."""

    code = "L025"
    title = "A class is left out by some alone"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each truth of which losses and metrics leave out different classes."""
        place = survey.training
        for judges in group_judges(survey):
            able = [judge for judge in judges if judge.can_ignore]
            leaving = next((judge for judge in able if judge.ignored is not None), None)
            if leaving is None or leaving.ignored is None or leaving.facts.ignored is not None:
                continue
            others = [judge for judge in able if judge.ignored != leaving.ignored]
            if others:
                first, number = others[0], leaving.ignored
                does = "learns from" if first.is_loss else "measures"
                why = WHY.get((first.is_loss, leaving.is_loss), "the two count different pixels")
                name = quote((leaving.facts.classes or ())[number])
                text = (
                    f"{place.who(first.node.id)}: it {does} pixels of {name}, which {quote(leaving.node.id)} leaves out "
                    f"({IGNORE} {number}), so that {why}. Set {IGNORE} of {name_judges(others)} to {number}, "
                    f"or let them count everywhere."
                )
                repairs = [set_ignored(place, others, number), count_everywhere(place, able)]
                yield self.find(place, text, first.node.id, param=IGNORE, repairs=repairs)


def group_judges(survey: Survey) -> list[list[Judge]]:
    """The losses and metrics that are compared with the numbers of classes of a mask, by the mask; losses come first."""
    groups: dict[tuple[str, str], list[Judge]] = {}
    place = survey.training
    for node, flow in place.known():
        edge, field = trace_column(survey, node.id), trace_field(survey, node.id)
        role = place.role(node.id)
        if role not in ("loss", "metric") or edge is None or field is None or not holds_numbers(field[1]):
            continue
        if find_mismatch(survey, node, flow) is None:
            given = getattr(flow.params, IGNORE, None)
            left = find_left(field[1], given)
            judge = Judge(node, role == "loss", edge.source_port, field[1], hasattr(flow.params, IGNORE), left)
            groups.setdefault(edge.ends()[:2], []).append(judge)
    return [sorted(judges, key=lambda judge: not judge.is_loss) for judges in groups.values()]


def holds_numbers(facts: FieldFacts) -> bool:
    """Whether a field is a mask with the numbers of classes."""
    return facts.kind == "mask" and not facts.dtype.startswith("float") and facts.classes is not None


def find_left(facts: FieldFacts, given: int | None) -> int | None:
    """The number that is left out, where pixels have it."""
    known = (*range(len(facts.classes or ())), facts.ignored)
    return given if given in known else None


def name_judges(judges: Sequence[Judge]) -> str:
    """The names of nodes."""
    return join_words(quote(judge.node.id) for judge in judges)


def set_ignored(place: Place, judges: Sequence[Judge], number: int) -> Repair:
    """Let all of these leave out a class."""
    edits = [edit for judge in judges for edit in set_param(place.path, judge.node.id, IGNORE, number).edits]
    return Repair(f"Set {IGNORE} of {name_judges(judges)} to {number}", tuple(edits))


def count_everywhere(place: Place, judges: Sequence[Judge]) -> Repair:
    """Let all of these count every class."""
    title = f"Count all classes in {name_judges(judges)}"
    leaving = [judge for judge in judges if judge.ignored is not None]
    return Repair(
        title, tuple(edit for judge in leaving for edit in unset_param(place, judge.node.id, IGNORE, title).edits)
    )


def use_ignoring(place: Place, judge: Judge, number: int) -> tuple[str, Repair]:
    """A kind that can leave pixels out, and the edits that put it in place of one that cannot."""
    kind: type[CrossEntropyLoss | IoU] = CrossEntropyLoss if judge.is_loss else IoU
    changed = change_kind(place, judge.node, kind.kind, kind.Params.model_fields)
    params: dict[str, JsonValue] = {IGNORE: number}
    if not judge.is_loss and len(judge.facts.classes or ()) > TWO:
        params["average"] = ALL
    edits = [edit for name, value in params.items() for edit in set_param(place.path, judge.node.id, name, value).edits]
    return kind.kind, Repair(changed.title, (*changed.edits, *edits))
