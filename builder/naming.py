"""Which networks the nodes of the training graph name, however they do it."""

from __future__ import annotations

from builder.document import Node, Project
from builder.renaming import named_network


def networks_named(node: Node) -> set[str]:
    """The networks that a node calls, asks, trains or keeps small."""
    several = node.params.get("networks")
    named = [named_network(node), *(several if isinstance(several, (list, tuple)) else ())]
    return {name for name in named if isinstance(name, str)}


def networks_in_training(project: Project) -> list[str]:
    """The networks that take part in training, in the project's order: those that any node names which is switched on."""
    named = {name for node in project.training.nodes if not node.bypassed for name in networks_named(node)}
    return [name for name in project.networks if name in named]
