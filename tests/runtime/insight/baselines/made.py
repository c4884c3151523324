"""Small projects with data of their own, for baselines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from builder.document import Project
from runtime.data.prepare import prepare
from runtime.insight.baselines.asked import Asked
from runtime.insight.baselines.comparing import find_first
from runtime.session import with_facts


def node(id: str, kind: str, **params: Any) -> dict[str, Any]:
    return {"id": id, "kind": kind, "params": params}


def graph(nodes: list[dict[str, Any]], *links: str) -> dict[str, Any]:
    """A graph; links read ``data.text -> predict.text``."""
    edges = []
    for link in links:
        (source, port), (target, into) = (
            (*end.strip().split(".", 1), default)[:2]
            for end, default in zip(link.split("->"), ("output", "input"), strict=True)
        )
        edges.append({"source": source, "source_port": port, "target": target, "target_port": into})
    return {"nodes": nodes, "edges": edges}


def make_training(inputs: list[str], target: str, loss: str, **metrics: str) -> dict[str, Any]:
    """A training graph that compares the network's output with a field; metrics by id."""
    judges = {"loss": loss, **metrics}
    links = [f"data.{name} -> predict.{name}" for name in inputs]
    for id in judges:
        links += [f"predict.scores -> {id}.input", f"data.{target} -> {id}.target"]
    nodes = [node("data", "Data"), node("predict", "Network"), *(node(id, kind) for id, kind in judges.items())]
    return graph([*nodes, node("sgd", "SGD", networks=["model"])], *links, "loss -> sgd.loss")


def make_source(
    path: Path, table: pd.DataFrame, fields: dict[str, Any], columns: Any = None, **more: Any
) -> dict[str, Any]:
    """A source from a table; the last fifth of it is the test, that before the validation part, unless told otherwise."""
    table.to_parquet(path)
    origin = {"kind": "file", "name": str(path), "columns": columns or {}}
    split = {"validation": 0.2, "test": 0.2, "by": "order"}
    return {"origins": [origin], "fields": fields, "split": split, **more}


def make_project(network: dict[str, Any], training: dict[str, Any], source: dict[str, Any]) -> Project:
    return Project.model_validate({"networks": {"model": network}, "training": training, "data": {"main": source}})


def ask(project: Project) -> Asked:
    """What a project asks, with its data prepared."""
    prepared = prepare(project)
    return find_first(with_facts(project, prepared), prepared)
