"""The weights of a run by network and name, from any of its checkpoints, for trying them and for taking them home."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from runtime.runs.checkpoint import Checkpoint, load_checkpoint, load_last
from runtime.runs.checkpoint_index import read_index
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder

Weights = dict[str, dict[str, Tensor]]


@dataclass(frozen=True)
class Snapshot:
    """Weights, the step at which they stood, and the checkpoint that they were read from."""

    weights: Weights
    step: int
    checkpoint: str


def read_weights(folder: RunFolder, name: str | None = None) -> Weights:
    """Read the weights of a checkpoint, or the ones to take home. Raises RunError."""
    return read_snapshot(folder, name).weights


def read_snapshot(folder: RunFolder, name: str | None = None) -> Snapshot:
    """Read the weights of a checkpoint, or the ones to take home: the best where the run keeps them, else the last.

    Raises:
        RunError: There is no such checkpoint, or it is damaged.
    """
    if name is None:
        checkpoint = load_last(folder.checkpoints)
        if checkpoint is None:
            raise RunError(f'The run "{folder.id}" has no checkpoint yet.', "Pause it, or wait for the first one.")
        best = select_weights(checkpoint, "best/")
        if best:
            return Snapshot(best, find_best_step(checkpoint), checkpoint.name)
        return Snapshot(select_weights(checkpoint, "network/"), checkpoint.step, checkpoint.name)
    if read_index(folder.checkpoints).find(name) is None:
        raise RunNotFound(f'The run "{folder.id}" has no checkpoint "{name[:80]}".')
    checkpoint = load_checkpoint(folder.checkpoints, name)
    return Snapshot(select_weights(checkpoint, "network/"), checkpoint.step, name)


def find_best_step(checkpoint: Checkpoint) -> int:
    """The step at which the best weights of a checkpoint stood."""
    best = checkpoint.state.get("best")
    step = best.get("step") if isinstance(best, dict) else None
    return step if isinstance(step, int) else checkpoint.step


def select_weights(checkpoint: Checkpoint, prefix: str) -> Weights:
    """The tensors under a prefix, by network and by their names in it."""
    weights: Weights = {}
    for key, tensor in checkpoint.tensors.items():
        if key.startswith(prefix):
            network, name = key.removeprefix(prefix).split("/", 1)
            weights.setdefault(network, {})[name] = tensor
    return weights
