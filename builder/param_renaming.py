"""Giving a parameter of a network another name. References to it, and what uses of the network give for it, follow.

The canvas has a twin of this file in TypeScript; the files under ``tests/fixtures/edits`` hold the two to the same behaviour.
"""

from __future__ import annotations

import re
from typing import Any

from builder.document import NETWORKS, TRAINING, Node, Project
from builder.editing import EditData, EditError, find_graph, take
from builder.phrases import name_graph, quote
from builder.references import NAME
from builder.repetitions import GIVING, network_at, networks_of

LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")


def rename_param(project: Project, edit: EditData) -> Project:
    """Rename a parameter of a network. It keeps its place among the others."""
    path, old, new = take(edit, "graph", str), take(edit, "name", str), take(edit, "to", str)
    graph = find_graph(project, path)
    if path == TRAINING or old not in graph.params:
        raise EditError(f"There is no parameter {quote(old)} in {name_graph(path)}.")
    if new == old:
        return project
    if new in graph.params:
        raise EditError(f"There is already a parameter {quote(new)} in {name_graph(path)}.")
    if not LEGAL.fullmatch(new):
        raise EditError(
            f"{quote(new)} cannot name a parameter: use letters a to z, digits and underscores, a letter first."
        )
    params = {new if name == old else name: replace_name(value, old, new) for name, value in graph.params.items()}
    nodes = tuple(with_params(node, replace_name(node.params, old, new)) for node in graph.nodes)
    project = project.with_graph(path, graph.model_copy(update={"params": params, "nodes": nodes}))
    return rename_arguments(project, path.removeprefix(NETWORKS), old, new)


def with_params(node: Node, params: Any) -> Node:
    """The node with these parameters; the same node where they are its own."""
    return node if params == node.params else node.model_copy(update={"params": params})


def replace_name(value: Any, old: str, new: str) -> Any:
    """A value in which references to one name are references to another."""
    if isinstance(value, (list, tuple)):
        return [replace_name(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: replace_name(item, old, new) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    return NAME.sub(lambda match: f"${new}" if match.group(0) == f"${old}" else match.group(0), value)


def rename_arguments(project: Project, network: str, old: str, new: str) -> Project:
    """Let what the uses of a network give for its parameter follow."""
    for path in project.graph_paths():
        graph = project.graph(path)
        nodes = tuple(rename_argument(node, network, old, new) for node in graph.nodes)
        project = project.with_graph(path, graph.model_copy(update={"nodes": nodes}))
    return project


def rename_argument(node: Node, network: str, old: str, new: str) -> Node:
    """Let what one use gives follow. What all repetitions were given, a first one of another network still gets."""
    if node.kind != "Block" or network not in networks_of(node):
        return node
    all, first = (read_given(node, param) for param in GIVING)
    is_first, is_other = (network_at(node, turn) == network for turn in (0, 1))
    if is_first is not is_other and old in all:
        first = {old: all[old], **first}
    changed = (rename_key(all, old, new) if is_other else all, rename_key(first, old, new) if is_first else first)
    given = {param: values for param, values in zip(GIVING, changed, strict=True) if values or param in node.params}
    return with_params(node, {**node.params, **given})


def read_given(node: Node, param: str) -> dict[str, Any]:
    """The values that a Block gives."""
    given = node.params.get(param)
    return given if isinstance(given, dict) else {}


def rename_key(given: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Values by name with one name exchanged; a value that the new name had is lost."""
    if old not in given:
        return given
    kept = {name: value for name, value in given.items() if name != new}
    return {new if name == old else name: value for name, value in kept.items()}
