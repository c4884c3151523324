"""Metrics that average over other classes than the truth has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from builder.document import FieldFacts, Node
from builder.findings import Finding
from builder.phrases import quote
from builder.repairs import set_param
from builder.rules.base import Rule
from builder.rules.targets import TWO, find_mismatch, is_yes_or_no
from builder.rules.trace import trace_column, trace_field
from builder.survey import Survey
from builder.training.masks import MaskMetric

BINARY, ALL = "binary", "macro"


class AverageRule(Rule):
    """A metric looks at all classes that there are."""

    code = "L021"
    title = "Only one of several classes is measured"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each metric of yes or no whose truth has more classes."""
        place = survey.training
        for node, params, name, facts in list_averages(survey):
            classes = facts.classes or ()
            if params.average == BINARY and len(classes) > TWO:
                text = (
                    f"{place.who(node.id)}: its average is {BINARY}, which measures {quote(classes[1])} alone, and "
                    f"{quote(name)} has {len(classes)} classes. Set average to {ALL}, where all of them count alike."
                )
                repair = set_param(place.path, node.id, "average", ALL)
                yield self.find(place, text, node.id, param="average", repairs=[repair])


class GroundRule(Rule):
    """The ground is no thing that is found."""

    code = "L022"
    title = "The ground counts as a thing"
    severity = "advice"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for each metric of masks that averages over a thing and the ground around it."""
        place = survey.training
        for node, params, name, facts in list_averages(survey):
            if issubclass(kind_of(survey, node), MaskMetric) and params.average != BINARY and is_yes_or_no(facts):
                ground, thing = (quote(each) for each in facts.classes or ())
                text = (
                    f"{place.who(node.id)}: its average is {params.average}, and {quote(name)} tells {thing} from {ground}, so "
                    f"{ground} counts as well, which is easily found. Set average to {BINARY}, which measures {thing} alone."
                )
                repair = set_param(place.path, node.id, "average", BINARY)
                yield self.find(place, text, node.id, param="average", repairs=[repair])


def list_averages(survey: Survey) -> Iterator[tuple[Node, Any, str, FieldFacts]]:
    """Metrics that average over classes and can be compared with their truth: their parameters, and the name and facts of it."""
    for node, flow in survey.training.known():
        if survey.training.role(node.id) == "metric" and hasattr(flow.params, "average"):
            edge, field = trace_column(survey, node.id), trace_field(survey, node.id)
            if edge and field and find_mismatch(survey, node, flow) is None:
                yield node, flow.params, edge.source_port, field[1]


def kind_of(survey: Survey, node: Node) -> type:
    """The class of a node of the training graph."""
    return survey.training.flow.nodes[node.id].kind or type(None)
