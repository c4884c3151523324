"""Runs for these tests: small projects on embedded data, and folders with a history made by hand."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builder.document import Project
from runtime.events import Scalars
from runtime.runs import store
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.queue import Queue

ROOT = Path(__file__).parents[3]
RESUMABLE = """
{"name": "Cut", "networks": {"model": {"nodes": [
  {"id": "features", "kind": "Input", "params": {"shape": "$shape"}},
  {"id": "linear1", "kind": "Linear", "params": {"out_features": 24}},
  {"id": "norm1", "kind": "BatchNorm1d"}, {"id": "relu1", "kind": "ReLU"},
  {"id": "dropout1", "kind": "Dropout", "params": {"p": 0.3}},
  {"id": "linear2", "kind": "Linear", "params": {"out_features": "$classes"}}, {"id": "scores", "kind": "Output"}],
 "edges": [{"source": "features", "target": "linear1"}, {"source": "linear1", "target": "norm1"},
  {"source": "norm1", "target": "relu1"}, {"source": "relu1", "target": "dropout1"},
  {"source": "dropout1", "target": "linear2"}, {"source": "linear2", "target": "scores"}]}}}
"""


def linear(**settings: Any) -> Project:
    """The straight line through four points, with other settings of its run."""
    return change_project(
        read_project("linear_regression"), [f"run.{name}={value}" for name, value in settings.items()]
    )


def iris(*settings: str) -> Project:
    """The iris preset with a network that has batch norm and dropout: everything that has state or draws."""
    drawn = Project.model_validate_json(RESUMABLE).networks["model"]
    preset = read_project("mlp_iris")
    old = next(iter(preset.networks))
    ports = {node.kind: node.id for node in preset.networks[old].nodes if node.kind in ("Input", "Output")}
    names = {"features": ports["Input"], "scores": ports["Output"]}
    nodes = tuple(node.model_copy(update={"id": names.get(node.id, node.id)}) for node in drawn.nodes)
    edges = tuple(
        edge.model_copy(
            update={"source": names.get(edge.source, edge.source), "target": names.get(edge.target, edge.target)}
        )
        for edge in drawn.edges
    )
    graph = drawn.model_copy(update={"nodes": nodes, "edges": edges})
    return change_project(preset.model_copy(update={"networks": {old: graph}}), settings)


def make_folder(home: Path, name: str = "Made up") -> RunFolder:
    """A run that nobody has worked on yet."""
    return create_run(Project(name=name), runs=home)


def point(step: int, value: float, name: str = "loss", split: Any = "train") -> Scalars:
    """One number of a curve."""
    return Scalars(step, step / 100, step / 1000, split, {name: value})


def wait_for(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    """Wait until something is so. Fails where it does not come to be."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)


def has_steps(folder: RunFolder, steps: int) -> Callable[[], bool]:
    """Whether a run has recorded so many steps."""
    return lambda: ((store.since(folder)["progress"] or {}).get("step") or 0) >= steps


def shell(*arguments: str | Path) -> list[str]:
    """The command line of the runtime."""
    return [sys.executable, "-m", "runtime", *map(str, arguments)]


def environment(home: Path) -> dict[str, str]:
    """An environment with one thread and a home of its own."""
    return {**os.environ, "OMP_NUM_THREADS": "1", "LAYERLOOM_HOME": str(home), "PYTHONPATH": str(ROOT)}


def run_shell(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the runtime to its end."""
    return subprocess.run(
        shell(*arguments), env=environment(home), cwd=home, capture_output=True, text=True, timeout=120, check=False
    )


def list_ids(queue: Queue) -> list[str]:
    """The ids of the runs that wait."""
    return [folder.id for folder in queue.waiting()]
