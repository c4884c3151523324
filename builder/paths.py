"""Dotted paths that name one value of a project: ``run.epochs``, ``training.adam.lr``, ``networks.model.conv1.kernel_size``.

For the shell and for comparing runs. A path is checked against what is there, and a wrong one is answered with what there is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from builder.document import NETWORKS, TRAINING, Node, Project
from builder.edits import EditError, apply_edit
from builder.layers import CATALOGUE
from builder.training import TRAINING_CATALOGUE


class PathError(Exception):
    """A path names nothing in the project, or its value does not fit. The text is a sentence for people."""


def set_path(project: Project, path: str, value: Any) -> Project:
    """Return the project with the value at a path replaced.

    Args:
        project: the project; it stays as it is.
        path: ``name``, ``description``, ``run.<setting>``, ``data.<source>.<setting>``, ``training.<node>.<parameter>`` or
            ``networks.<name>.<node>.<parameter>``; further names go into a parameter that is an object.
        value: JSON.

    Raises:
        PathError: The path names nothing, or the value does not fit there.
    """
    keys = path.split(".")
    try:
        if keys[0] == TRAINING:
            return set_parameter(project, TRAINING, path, keys[1:], value)
        if keys[0] == NETWORKS.rstrip("."):
            check_name(keys[1] if len(keys) > 1 else "", project.networks, "network", path)
            return set_parameter(project, NETWORKS + keys[1], path, keys[2:], value)
        check_setting(project, path, keys)
        return apply_edit(project, {"op": "set", "path": path, "value": value})
    except EditError as error:
        raise PathError(f'"{path}" cannot be set: {error}') from error


def set_parameter(project: Project, graph: str, path: str, keys: list[str], value: Any) -> Project:
    """Set a parameter of a node, or a value inside of one. Raises PathError."""
    if len(keys) < 2:
        raise PathError(f'"{path}" names no parameter. Write {graph}.<node>.<parameter>.')
    check_name(keys[0], [node.id for node in project.graph(graph).nodes], "node", path)
    node = project.graph(graph).node(keys[0])
    check_name(keys[1], list_parameters(node), f"parameter of {node.id}", path)
    inner = put_inside(node.params.get(keys[1]), keys[2:], value, path)
    return apply_edit(project, {"op": "set_param", "graph": graph, "id": node.id, "name": keys[1], "value": inner})


def put_inside(holder: Any, keys: list[str], value: Any, path: str) -> Any:
    """Return a copy of a parameter's value with something inside replaced. Raises PathError."""
    if not keys:
        return value
    if not isinstance(holder, dict | None):
        raise PathError(f'"{path}" leads into a value that has no parts.')
    whole = holder or {}
    return {**whole, keys[0]: put_inside(whole.get(keys[0]), keys[1:], value, path)}


def list_parameters(node: Node) -> list[str]:
    """The names of a node's parameters; of a kind that is unknown here, those that it has in the file."""
    kind = TRAINING_CATALOGUE.get(node.kind) or CATALOGUE.get(node.kind)
    if kind is None:
        return list(node.params)
    return sorted({*(field.alias or name for name, field in kind.Params.model_fields.items()), *node.params})


def check_setting(project: Project, path: str, keys: list[str]) -> None:
    """Raises PathError where a path into the run or the data names nothing."""
    check_name(keys[0], ("name", "description", "run", "data", "training", "networks"), "part of a project", path)
    if keys[0] in ("run", "data") and len(keys) < (2 if keys[0] == "run" else 3):
        raise PathError(
            f'"{path}" names no setting. Write {"run.<setting>" if keys[0] == "run" else "data.<source>.<setting>"}.'
        )
    if keys[0] == "run":
        check_name(keys[1], fields_of(project.run), "setting of a run", path)
    if keys[0] == "data":
        check_name(keys[1], project.data, "source", path)
        check_name(keys[2], fields_of(project.data[keys[1]]), "setting of a source", path)


def fields_of(part: BaseModel) -> list[str]:
    """The names of a part's fields."""
    return list(type(part).model_fields)


def check_name(name: str, known: Iterable[str], what: str, path: str) -> None:
    """Raises PathError where a name is none of the known ones, with the one that was probably meant."""
    names = list(known)
    if name in names:
        return
    close = difflib.get_close_matches(name, names, 1)
    help = f'Did you mean "{close[0]}"?' if close else f"There is: {', '.join(names) or 'none'}."
    raise PathError(f'"{path}" names nothing: there is no {what} "{name}". {help}')
