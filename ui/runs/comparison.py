"""What differs between two runs, by the dotted paths that also the shell knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from builder.document import Project
from builder.loading import LoadError, load_project

MOST_SHOWN = 3

Values = dict[str, Any]


@lru_cache(1024)
def read_values(file: Path) -> Values:
    """Every value of a run's project by its path. A run's settings never change, so they are read once."""
    try:
        project = load_project(file.read_bytes())
    except (OSError, LoadError):
        return {}
    return dict(list_values(project))


def list_values(project: Project) -> Iterator[tuple[str, Any]]:
    """The values of a project that decide how it trains, by path."""
    for path in project.graph_paths():
        graph = project.graph(path)
        for node in graph.nodes:
            yield f"{path}.{node.id}", f"{node.kind}, bypassed" if node.bypassed else node.kind
            if node.weights_of:
                yield f"{path}.{node.id}.weights of", node.weights_of
            for name, value in node.params.items():
                yield f"{path}.{node.id}.{name}", value
        yield f"{path} links", sorted(edge.ends() for edge in graph.edges)
        if graph.weights and graph.weights.sha256:
            yield f"{path} weights", graph.weights.origin
    yield from flatten("run", project.run.model_dump(mode="json"))
    for name, source in project.data.items():
        yield from flatten(f"data.{name}", source.model_dump(mode="json", exclude={"facts"}))


def flatten(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of nested objects by dotted path."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from flatten(f"{path}.{name}", inner)
    else:
        yield path, value


def describe_difference(newer: Values, older: Values) -> str:
    """What changed from one run to the next, in few words: ``adam.lr 0.01, run.epochs 20``."""
    changed = [path for path in newer if path in older and newer[path] != older[path]]
    added = [path for path in newer if path not in older and is_node(path)]
    removed = [path for path in older if path not in newer and is_node(path)]
    words = [describe_change(path, newer[path]) for path in changed]
    words += [f"+ {shorten_path(path)}" for path in added] + [f"− {shorten_path(path)}" for path in removed]
    unique = list(dict.fromkeys(words))
    more = f" and {len(unique) - MOST_SHOWN} more" if len(unique) > MOST_SHOWN else ""
    return ", ".join(unique[:MOST_SHOWN]) + more


def is_node(path: str) -> bool:
    """Whether a path names a node and not one of its parameters."""
    return path.count(".") == (2 if path.startswith("networks.") else 1) and not path.startswith(("run.", "data."))


def describe_change(path: str, value: Any) -> str:
    """A changed value in few words."""
    text = value if isinstance(value, str) else json.dumps(value)
    return shorten_path(path) if len(text) > 24 else f"{shorten_path(path)} {text}"


def shorten_path(path: str) -> str:
    """A path without what goes without saying."""
    for prefix in ("training.", "networks.model.", "networks.", "data."):
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path
