"""Optimizers follow a node that gets another name: groups of parameters name nodes by the way to them, ``layer1.0.conv1``.

The canvas has a twin of this file in TypeScript; the files under ``tests/fixtures/edits`` hold the two to the same behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder.document import Node, Project
from builder.repetitions import network_at


@dataclass(frozen=True)
class Renaming:
    """A node that gets another name, and the project as it was before."""

    project: Project
    network: str
    old: str
    new: str

    def follow(self, node: Node) -> Node:
        """A node of the training graph; of an optimizer with groups the one whose groups bear the new name."""
        networks, groups = node.params.get("networks"), node.params.get("groups")
        if not isinstance(networks, list) or not isinstance(groups, list):
            return node
        followed = [self.follow_group(group, networks) for group in groups]
        return node if followed == groups else node.model_copy(update={"params": {**node.params, "groups": followed}})

    def follow_group(self, group: Any, networks: list[Any]) -> Any:
        """A group; where an optimizer trains several networks, its pattern starts with the name of one."""
        match = group.get("match") if isinstance(group, dict) else None
        if not isinstance(match, str) or not networks:
            return group
        steps = match.split(".")
        start = 1 if len(networks) > 1 else 0
        root = steps[0] if start else networks[0]
        return {**group, "match": ".".join([*steps[:start], *self.follow_steps(root, steps[start:])])}

    def follow_steps(self, network: Any, steps: list[str]) -> list[str]:
        """The steps of a way that begins in a network: nodes, and in blocks that repeat the number of the repetition."""
        graph = self.project.networks.get(network) if isinstance(network, str) else None
        node = next((node for node in graph.nodes if node.id == steps[0]), None) if graph and steps else None
        if node is None:
            return steps
        turn = steps[1:2] if steps[1:2] and set(steps[1]) <= set("0123456789") else []
        name = self.new if (network, node.id) == (self.network, self.old) else node.id
        below = network_at(node, 0 if turn in ([], ["0"]) else 1) if node.kind == "Block" else None
        return [name, *turn, *self.follow_steps(below, steps[1 + len(turn) :])]


def rename_in_groups(project: Project, network: str, old: str, new: str) -> Project:
    """Let every group of parameters follow a node of a network that still bears its old name."""
    renaming = Renaming(project, network, old, new)
    nodes = tuple(renaming.follow(node) for node in project.training.nodes)
    if all(after is before for after, before in zip(nodes, project.training.nodes, strict=True)):
        return project
    return project.model_copy(update={"training": project.training.model_copy(update={"nodes": nodes})})
