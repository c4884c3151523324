"""Blocks that cannot be used."""

from __future__ import annotations

from builder.document import NETWORKS, Node, Project
from builder.findings import Finding
from builder.flow import Problem
from builder.phrases import join_words, quote
from builder.repairs import set_param, unset_param
from builder.repetitions import blocks_in, networks_of
from builder.rules.base import ProblemRule
from builder.survey import Place


class BlockRule(ProblemRule):
    """A block's network holds for what the block is given, and does not use itself."""

    code = "T010"
    title = "Block cannot be used"
    problems = ("deep_block", "broken_block", "broken_repeat", "first_differs")

    def explain(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say what is wrong with the network inside."""
        name = str(problem.facts.get("network") or node.params.get("network", ""))
        if place.path.removeprefix(NETWORKS) in set().union(
            *(list_used(place.project, one) for one in networks_of(node))
        ):
            text = (
                f"{place.who(node.id)}: the network {quote(name)} uses itself through it, without end. Choose another."
            )
        elif problem.code == "deep_block":
            text = (
                f"{place.who(node.id)}: {problem.reason}. Choose another network than {quote(name)}, or a simpler one."
            )
        elif problem.code == "first_differs":
            return self.explain_first(place, node, problem)
        elif problem.code == "broken_repeat":
            return self.explain_repeat(place, node, problem)
        else:
            got = ", ".join(str(spec) for spec in place.flow.nodes[node.id].inputs.values())
            text = (
                f"{place.who(node.id)}: got {got}, and the network {quote(name)} inside it does not work out for that. "
                f"Open {quote(name)} and see what it needs."
            )
        return self.report(place, node, problem, text)

    def explain_repeat(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say at which repetition shapes stop to fit."""
        turn, name = problem.facts["turn"], quote(problem.facts["network"])
        got = join_words(str(spec) for spec in problem.facts["got"])
        text = (
            f"{place.who(node.id)}: repetition {turn + 1} gets {got}, and the network {name} does not work out for that. "
            f"Set repeat to {turn}, or let {name} give what it takes."
        )
        return self.report(place, node, problem, text, [set_param(place.path, node.id, "repeat", turn)])

    def explain_first(self, place: Place, node: Node, problem: Problem) -> Finding:
        """Say that the first repetition has other ports than the others."""
        first, name = (quote(str(node.params.get(param, ""))) for param in ("first_network", "network"))
        ports = (f"{count_ports(*sides)}" for sides in (problem.facts["first"], problem.facts["others"]))
        text = (
            f"{place.who(node.id)}: its first repetition is {first} with {next(ports)}, and the others are {name} with "
            f"{next(ports)}. Choose networks with as many of each, or let all be {name}."
        )
        return self.report(
            place, node, problem, text, [unset_param(place, node.id, "first_network", f"Let all be {name}")]
        )


def count_ports(inputs: int, outputs: int) -> str:
    """So many Inputs and Outputs, in words."""
    return f"{inputs} Input{'s' * (inputs != 1)} and {outputs} Output{'s' * (outputs != 1)}"


def list_used(project: Project, name: str) -> set[str]:
    """A network and all that are used inside it, at any depth."""
    found, waiting = {name}, [name]
    while waiting:
        graph = project.networks.get(waiting.pop())
        inner = blocks_in(graph.nodes if graph else ()) - found
        found |= inner
        waiting.extend(inner)
    return found
