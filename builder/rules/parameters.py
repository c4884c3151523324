"""Parameters that cannot be used: out of bounds, or references to nothing."""

from __future__ import annotations

from collections.abc import Iterator

from builder.document import Node
from builder.findings import Finding
from builder.flow import NodeFlow, Problem
from builder.phrases import join_words, quote, show_value
from builder.references import NAME
from builder.repairs import unset_param
from builder.rules.base import ProblemRule, Rule
from builder.survey import Place, Survey

FACTS = frozenset(
    {
        *("shape", "features", "channels", "height", "width", "vocabulary"),
        *("classes", "class_weights", "positive_weight", "targets"),
    }
)


class ParameterRule(ProblemRule):
    """Parameters are within their bounds."""

    code = "P001"
    title = "Parameter out of bounds"
    problems = ("parameter",)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say which parameter, what it holds and what it may hold."""
        reason = f"{problem.param} {problem.reason}" if problem.param else problem.reason
        kind = place.flow.nodes[node.id].kind
        field = kind.Params.model_fields.get(problem.param) if kind else None
        if kind and problem.param in node.params and field is None:
            repairs = [unset_param(place, node.id, problem.param, f"Remove {problem.param}")]
            return self.report(place, node, problem, f"{place.who(node.id)}: {reason}. Remove it.", repairs)
        if kind is None or kind.dynamic_ports or field is None or field.is_required():
            return self.report(place, node, problem, f"{place.who(node.id)}: {reason}. Set another value.")
        default = show_value(field.get_default(call_default_factory=True))
        text = f"{place.who(node.id)}: {reason}. Set another value, or put it back to {default}."
        repairs = [unset_param(place, node.id, problem.param, f"Put {problem.param} back to {default}")]
        return self.report(place, node, problem, text, repairs)


class ReferenceRule(ProblemRule):
    """References name something."""

    code = "P002"
    title = "Reference to nothing"
    problems = ("reference", "unresolved_reference")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say which reference has no value."""
        value = show_value(node.params.get(problem.param))
        text = (
            f"{place.who(node.id)}: {problem.param} is {value}, and {problem.reason}. "
            "Use a name that is known, or a number."
        )
        return self.report(place, node, problem, text)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say every problem but those that opening the data will solve, which have a rule of their own."""
        waiting = waits_for_data(place)
        for finding in super().check_node(place, node, flow):
            names = NAME.findall(str(node.params.get(finding.param or "", f"${finding.param}")))
            if not (waiting and names and all((second or first) in FACTS for first, second in names)):
                yield finding


def waits_for_data(place: Place) -> bool:
    """Whether something is not known yet only because a source was not opened."""
    return any(source.facts is None for source in place.project.data.values())


class UnopenedSourceRule(Rule):
    """Sources were opened once, so that sizes are known."""

    code = "P003"
    title = "Data not opened yet"
    severity = "warning"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """One finding for all sources of which nothing is known."""
        if survey.unopened:
            names = join_words(quote(name) for name in survey.unopened)
            nodes = [node for node in survey.training.nodes.values() if node.kind == "Data"]
            asking = next((node.id for node in nodes if node.params.get("source", "main") in survey.unopened), None)
            start = f"{survey.training.who(asking)}: its data {names}" if asking else f"The data {names}"
            text = (
                f"{start} was not opened yet, so sizes that follow from it ($shape, $classes) are not known and shapes stay "
                "empty. Prepare it on the Data page, or start training, which prepares it."
            )
            yield self.find(survey.training, text, asking)
