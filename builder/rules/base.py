"""The contract of a rule: what it is about, where it looks, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from builder.closeups import Closeup
from builder.document import NETWORKS, Node
from builder.findings import Finding, Repair, Severity
from builder.flow import NodeFlow, Problem
from builder.survey import Place, Survey


class Rule:
    """One thing that can be wrong. ``code`` is never used again for something else."""

    code: ClassVar[str]
    title: ClassVar[str]
    severity: ClassVar[Severity] = "error"

    def check(self, survey: Survey) -> Iterator[Finding]:
        """Yield what is wrong in a project, from the first place to the last."""
        raise NotImplementedError(self.code)

    def find(self, place: Place | None, message: str, node: str | None = None, **where: Any) -> Finding:
        """A finding of this rule."""
        repairs: tuple[Repair, ...] = tuple(repair for repair in where.pop("repairs", ()) if repair)
        graph = place.path if place else where.pop("graph", "")
        return Finding(self.code, self.severity, message, graph, node, repairs=repairs, **where)


class GraphRule(Rule):
    """A rule that looks at one graph at a time, with ``sees_all`` also at the nodes that are switched off."""

    where: ClassVar[Literal["network", "training", "both"]] = "both"
    sees_all: ClassVar[bool] = False

    def check(self, survey: Survey) -> Iterator[Finding]:
        """Look at every graph that the rule is about."""
        for place in survey.drawn if self.sees_all else survey.places:
            if self.where == "both" or (self.where == "training") == place.is_training:
                yield from self.check_graph(place)

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """Yield what is wrong in one graph."""
        raise NotImplementedError(self.code)


class NodeRule(GraphRule):
    """A rule about single nodes, which looks twice: first at each node by itself, then around those that are suspect.

    The first look is remembered for as long as the node, what is known of it and its links stay the same. What it says
    may follow from nothing else, and it must suspect every node that could get a finding, whatever is around it.
    """

    @staticmethod
    def is_suspect(seen: Closeup) -> bool:
        """Whether a node by itself could be one that the rule is about."""
        raise NotImplementedError

    def check_graph(self, place: Place) -> Iterator[Finding]:
        """Look around every node that is suspect."""
        for node in place.having(self.is_suspect):
            yield from self.check_node(place, node, place.flow.nodes[node.id])

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Yield what is wrong with one node."""
        raise NotImplementedError(self.code)


def has_problem(seen: Closeup) -> bool:
    """Whether something keeps shapes from flowing on."""
    return bool(seen.flow.problems)


class ProblemRule(NodeRule):
    """A rule that says in a sentence what kept the shapes from flowing on. ``problems`` are the codes it is about."""

    problems: ClassVar[tuple[str, ...]]
    is_suspect = staticmethod(has_problem)

    def check_node(self, place: Place, node: Node, flow: NodeFlow) -> Iterator[Finding]:
        """Say every problem of these codes."""
        for problem in flow.problems:
            if self.is_about(problem):
                yield self.explain(place, node, problem)

    def is_about(self, problem: Problem) -> bool:
        """Whether a problem is this rule's."""
        return problem.code in self.problems

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say who, what, why, and how to mend it."""
        raise NotImplementedError(self.code)

    def report(self, place: Place, node: Node, problem: Problem, message: str, repairs: Any = ()) -> Finding:
        """A finding at the node, the port and the parameter of a problem."""
        port, param = problem.port or None, problem.param or None
        return self.find(place, message, node.id, port=port, param=param, repairs=repairs)


def is_broken_inside(place: Place, id: str | None) -> bool:
    """Whether a node calls a network that has a problem of its own, which is said there."""
    node = place.nodes.get(id or "")
    if node is None or node.kind != "Network":
        return False
    inner = place.flows.get(NETWORKS + str(node.params.get("network", "model")))
    return inner is not None and any(flow.problems for flow in inner.nodes.values())
