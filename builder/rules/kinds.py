"""Kinds that this version does not know, or that belong to the other sort of graph."""

from __future__ import annotations

from difflib import get_close_matches

from builder.document import Node
from builder.findings import Finding
from builder.flow import Problem
from builder.layers import CATALOGUE
from builder.phrases import quote
from builder.repairs import set_node
from builder.rules.base import ProblemRule
from builder.survey import Place
from builder.training import TRAINING_CATALOGUE


class UnknownKindRule(ProblemRule):
    """Every node is of a kind that the catalogue holds."""

    code = "S012"
    title = "Unknown kind"
    sees_all = True
    problems = ("unknown_kind",)

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say where the kind belongs or which is meant."""
        here, there = (TRAINING_CATALOGUE, CATALOGUE) if place.is_training else (CATALOGUE, TRAINING_CATALOGUE)
        if node.kind in there:
            home = "a network" if place.is_training else "the training graph"
            text = f"{place.who(node.id)}: this kind belongs in {home} and can do nothing here. Remove it, and add it there."
            return self.report(place, node, problem, text)
        known = {kind.lower(): kind for kind in here}
        close = [known[name] for name in get_close_matches(node.kind.lower(), known, 1)]
        fix = f"Did you mean {close[0]}?" if close else "Replace it by another, or open the file with a newer version."
        text = f"{quote(node.id)}: its kind {quote(node.kind)} is not known here, so it was kept and is not used. {fix}"
        repairs = [set_node(place, node.id, f"Make it a {close[0]}", kind=close[0])] if close else []
        return self.report(place, node, problem, text, repairs)
