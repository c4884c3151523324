"""Weights to start from, kept under ``LAYERLOOM_HOME/weights`` by the checksum of their content.

A project names the checksum (``Graph.weights``), so that it can be trained again when the run that the weights came from is
gone. Two forks of one checkpoint share one file.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from builder.document import Weights
from runtime.data.home import open_folder
from runtime.runs.errors import RunError
from runtime.runs.files import write_bytes

SHA256 = re.compile(r"[0-9a-f]{64}")


def keep_weights(tensors: Mapping[str, Tensor], origin: str, names: Mapping[str, str] | None = None) -> Weights:
    """Keep tensors and return what a network's ``weights`` say of them.

    Args:
        tensors: a network's ``state_dict``; tensors may share memory.
        origin: where they come from, in words for people.
        names: what the network's own tensors are called among these, where that differs.

    Raises:
        OSError: The disk does not take them; nothing is left of the attempt.
    """
    content = save({name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()})
    sha256 = hashlib.sha256(content).hexdigest()
    file = locate(sha256)
    if not file.is_file():
        write_bytes(file, content)
    return Weights(origin=origin, sha256=sha256, names=dict(names or {}))


def locate(sha256: str) -> Path:
    """Where weights of a checksum lie, or would. Raises RunError for what is no checksum: it never leads out of the folder."""
    if not SHA256.fullmatch(sha256):
        raise RunError(f'"{sha256[:70]}" is no SHA-256 checksum, so no weights can be found by it.')
    return open_folder("weights") / f"{sha256}.safetensors"


def load_weights(weights: Weights) -> dict[str, Tensor]:
    """Read the weights that a network starts from.

    Returns:
        The tensors by their names in the file, on the CPU.

    Raises:
        RunError: They are not on this computer, or not what they were.
    """
    file = locate(weights.sha256 or "")
    if not file.is_file():
        raise RunError(
            f"The weights to start from ({weights.origin}) are not on this computer.",
            "Choose them again, or start from fresh weights.",
        )
    try:
        with file.open("rb") as opened:
            is_same = hashlib.file_digest(opened, "sha256").hexdigest() == weights.sha256
        tensors = load_file(file)
    except (OSError, SafetensorError) as error:
        raise RunError(f"The weights to start from ({weights.origin}) cannot be read: {error}.") from error
    if not is_same:
        raise RunError(f"The weights to start from ({weights.origin}) are damaged: their checksum is another.")
    return tensors
