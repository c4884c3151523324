"""What the tensors of a network are called elsewhere, with those inside its blocks: in the class that it was imported from."""

from __future__ import annotations

from builder.document import Node, Project
from builder.flow import Flow, NodeFlow
from builder.repetitions import list_repetitions


def collect_names(project: Project, name: str, flow: Flow) -> dict[str, str]:
    """The dotted beginnings of tensors' names whose foreign ones differ, and those.

    Args:
        project: the project; each of its networks may hold a map of its own.
        name: the network.
        flow: what is known of it.
    """
    graph = project.networks[name]
    own = graph.weights.names if graph.weights else {}
    found = dict(own)
    for node in graph.nodes:
        known = flow.nodes[node.id]
        if known.inner and node.weights_of is None:
            found |= names_inside(project, node, known, own)
    return found


def names_inside(project: Project, node: Node, known: NodeFlow, own: dict[str, str]) -> dict[str, str]:
    """The names of tensors inside a block, as they are called from outside."""
    found: dict[str, str] = {}
    for turn, (repetition, use) in enumerate(zip(list_repetitions(known.params), known.inner, strict=False)):
        here = f"{node.id}.{turn}" if known.params.repeat > 1 else node.id
        there = own.get(here) or own.get(node.id, node.id) + here.removeprefix(node.id)
        for inside, foreign in collect_names(project, repetition.network, use).items():
            found[f"{here}.{inside}"] = f"{there}.{foreign}"
    return found
