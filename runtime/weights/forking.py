"""Makes a project that goes on from a checkpoint of a run, to be trained at once or edited first."""

from __future__ import annotations

from builder.document import Project
from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_snapshot
from runtime.weights.library import keep_weights

PARENT = "parent"
"""Under this name ``Project.about`` says which run a project goes on from."""


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
    started = {name: keep_weights(tensors, origin) for name, tensors in snapshot.weights.items()}
    networks = {
        name: graph.model_copy(update={"weights": started.get(name, graph.weights)})
        for name, graph in project.networks.items()
    }
    return project.model_copy(update={"networks": networks, "about": {**project.about, PARENT: folder.id}})


def find_parent(project: Project) -> str | None:
    """The run that a project goes on from; None where it starts fresh."""
    parent = project.about.get(PARENT)
    started = any(graph.weights is not None for graph in project.networks.values())
    return parent if isinstance(parent, str) and started else None
