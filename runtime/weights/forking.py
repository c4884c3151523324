"""Makes a project that goes on from a checkpoint of a run, to be trained at once or edited first."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from builder.document import Graph, Project
from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_snapshot
from runtime.weights.carrying import call_elsewhere
from runtime.weights.library import keep_weights
from runtime.weights.starting import name_tensors

PARENT = "parent"
"""Under this name ``Project.about`` says which run a project goes on from, and by which weights that can be seen."""
APART = "own"
"""What the names of tensors begin with that would else be taken for others in a file of weights."""


def fork_project(folder: RunFolder, checkpoint: str | None = None) -> Project:
    """The project of a run, each of its networks starting from the weights of a checkpoint.

    Optimizers start anew: only weights are carried over.

    Args:
        folder: the run; it may still be training.
        checkpoint: the name of a checkpoint; else the best weights where the run keeps them, or the last ones.

    Raises:
        RunError: The run has no such checkpoint.
        OSError: The disk does not take the weights.
    """
    project, snapshot = folder.read_project(), read_snapshot(folder, checkpoint)
    origin = f"{folder.read_meta()['name']}, step {snapshot.step:,}"
    networks = dict(project.networks)
    for name, tensors in snapshot.weights.items():
        called, apart = call_as_elsewhere(project, name, tensors)
        weights = keep_weights(called, origin, find_names(networks[name]) | apart)
        networks[name] = networks[name].model_copy(update={"weights": weights})
    sums = [graph.weights.sha256 for name, graph in networks.items() if graph.weights and name in snapshot.weights]
    about = {**project.about, PARENT: {"run": folder.id, "weights": sums}}
    return project.model_copy(update={"networks": networks, "about": about})


def call_as_elsewhere(
    project: Project, network: str, tensors: Mapping[str, Tensor]
) -> tuple[dict[str, Tensor], dict[str, str]]:
    """A network's tensors by the names that its document says they bear in files of weights.

    Returns:
        The tensors, and the names of those whose own names others bear there: they are put apart.
    """
    called = call_elsewhere(tensors, name_tensors(project, network))
    apart = {name: f"{APART}.{name}" for name, other in called.items() if not other}
    return {apart.get(name, called[name]): tensor for name, tensor in tensors.items()}, apart


def find_names(graph: Graph) -> dict[str, str]:
    """What the tensors of a network's nodes are called in files of weights, where that differs."""
    return dict(graph.weights.names) if graph.weights else {}


def find_parent(project: Project) -> str | None:
    """The run that a project goes on from; None where none of its networks starts from that run's weights any more."""
    parent = project.about.get(PARENT)
    if not isinstance(parent, dict) or not isinstance(parent.get("run"), str):
        return None
    started = {graph.weights.sha256 for graph in project.networks.values() if graph.weights}
    sums = parent.get("weights")
    return str(parent["run"]) if isinstance(sums, list) and any(sum in started for sum in sums) else None
