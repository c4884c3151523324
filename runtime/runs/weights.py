"""The weights of a run by network and name, from any of its checkpoints, for trying them and for taking them home."""

from __future__ import annotations

from torch import Tensor

from runtime.runs.checkpoint import Checkpoint, load_checkpoint, load_last
from runtime.runs.checkpoint_index import read_index
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder

Weights = dict[str, dict[str, Tensor]]


def read_weights(folder: RunFolder, name: str | None = None) -> Weights:
    """Read the weights of a checkpoint, or the ones to take home: the best where the run keeps them, else the last.

    Raises:
        RunError: There is no such checkpoint, or it is damaged.
    """
    if name is None:
        checkpoint = load_last(folder.checkpoints)
        if checkpoint is None:
            raise RunError(f'The run "{folder.id}" has no checkpoint yet.', "Pause it, or wait for the first one.")
        return select_weights(checkpoint, "best/") or select_weights(checkpoint, "network/")
    if read_index(folder.checkpoints).find(name) is None:
        raise RunNotFound(f'The run "{folder.id}" has no checkpoint "{name[:80]}".')
    return select_weights(load_checkpoint(folder.checkpoints, name), "network/")


def select_weights(checkpoint: Checkpoint, prefix: str) -> Weights:
    """The tensors under a prefix, by network and by their names in it."""
    weights: Weights = {}
    for key, tensor in checkpoint.tensors.items():
        if key.startswith(prefix):
            network, name = key.removeprefix(prefix).split("/", 1)
            weights.setdefault(network, {})[name] = tensor
    return weights
