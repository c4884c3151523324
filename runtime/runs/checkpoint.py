"""Checkpoints: everything an exact resume needs, in safetensors and JSON, complete or not there at all.

A checkpoint is written under another name, made to last, and then renamed. The index that points to it follows. Whatever
moment a crash picks, what the index names is whole.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import JsonValue
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from runtime.events import CheckpointDue
from runtime.runs.checkpoint_index import Entry, Index, read_index, read_number, write_index
from runtime.runs.errors import DamagedCheckpoint
from runtime.runs.files import read_json, sync_file, sync_folder

FORMAT = 2
TENSORS = "tensors.safetensors"
STATE = "state.json"
KEPT = 2


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint that was read. ``notices`` say what was wrong with newer ones."""

    name: str
    step: int
    tensors: dict[str, torch.Tensor]
    state: dict[str, JsonValue]
    notices: tuple[str, ...] = field(default_factory=tuple)


def save_checkpoint(folder: Path, due: CheckpointDue, tensors: dict[str, torch.Tensor], state: dict[str, Any]) -> Entry:
    """Write a checkpoint, and remove those that are no longer needed: the last two and the best stay.

    Raises:
        OSError: The disk does not take it. Earlier checkpoints are as they were.
    """
    sweep(folder)
    index = read_index(folder)
    entry = Entry(choose_name(folder, due.step), due.step, due.reason, finite(due.metrics))
    is_best = due.is_best or due.reason == "best"
    draft = folder / f".new-{entry.name}"
    try:
        draft.mkdir()
        write_content(draft, entry, is_best, tensors, state)
        draft.rename(folder / entry.name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    sync_folder(folder)
    best = entry.name if is_best else index.best
    entries = (*index.entries, entry)
    kept = tuple(old for place, old in enumerate(entries) if place >= len(entries) - KEPT or old.name == best)
    write_index(folder, Index(kept, best))
    for old in entries:
        if old not in kept:
            remove_checkpoint(folder / old.name)
    return entry


def finite(metrics: dict[str, float]) -> dict[str, float]:
    """The metrics that are numbers."""
    return {name: float(value) for name, value in metrics.items() if math.isfinite(value)}


def choose_name(folder: Path, step: int) -> str:
    """A name past all of the same step: two checkpoints of one step, before and after validating, are two checkpoints."""
    name = f"step-{step:08d}"
    numbers = [read_number(path.name) for path in (*folder.glob(name), *folder.glob(f"{name}-*"))]
    return f"{name}-{max(numbers) + 1}" if numbers else name


def write_content(
    draft: Path, entry: Entry, is_best: bool, tensors: dict[str, torch.Tensor], state: dict[str, Any]
) -> None:
    """Write both files and make them last."""
    save_file(detach_all(tensors), draft / TENSORS)
    content = {
        "format": FORMAT,
        "step": entry.step,
        "reason": entry.reason,
        "is_best": is_best,
        "metrics": entry.metrics,
        "sha256": hash_file(draft / TENSORS),
        "state": state,
    }
    with (draft / STATE).open("w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    sync_file(draft / TENSORS)
    sync_folder(draft)


def detach_all(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Bring tensors into memory of their own: safetensors refuses two names for one piece of memory."""
    seen: set[int] = set()
    ready: dict[str, torch.Tensor] = {}
    for name, tensor in tensors.items():
        copy = tensor.detach().cpu().contiguous()
        if copy.untyped_storage().data_ptr() in seen:
            copy = copy.clone()
        seen.add(copy.untyped_storage().data_ptr())
        ready[name] = copy
    return ready


def hash_file(path: Path) -> str:
    """The checksum of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def remove_checkpoint(path: Path) -> None:
    """Remove a checkpoint; half of one is never left under a name that is read."""
    gone = path.with_name(f".old-{path.name}")
    path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a crash left behind: checkpoints half written or half removed."""
    for path in (*folder.glob(".new-*"), *folder.glob(".old-*")):
        shutil.rmtree(path, ignore_errors=True)


def load_checkpoint(folder: Path, name: str) -> Checkpoint:
    """Read one checkpoint. Raises DamagedCheckpoint where it is not exactly what was written."""
    path = folder / name
    try:
        content = read_json(path / STATE)
        if content["format"] != FORMAT:
            raise DamagedCheckpoint(f'The checkpoint "{name}" has format {content["format"]}, which is unknown here.')
        if hash_file(path / TENSORS) != content["sha256"]:
            raise DamagedCheckpoint(f'The checkpoint "{name}" is damaged: its tensors do not match their checksum.')
        return Checkpoint(name, int(content["step"]), load_file(path / TENSORS), content["state"])
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise DamagedCheckpoint(f'The checkpoint "{name}" is damaged: it cannot be read.') from error


def load_last(folder: Path) -> Checkpoint | None:
    """Read the newest checkpoint that is whole; None where the run has none.

    Raises:
        DamagedCheckpoint: There are checkpoints and none of them can be read.
    """
    notices: list[str] = []
    for entry in reversed(read_index(folder).entries):
        try:
            found = load_checkpoint(folder, entry.name)
        except DamagedCheckpoint as damage:
            notices.append(damage.reason)
            continue
        if notices:
            notices.append(f"The run goes on from the checkpoint of step {found.step} instead.")
        return Checkpoint(found.name, found.step, found.tensors, found.state, tuple(notices))
    if notices:
        raise DamagedCheckpoint(" ".join(notices), "No earlier checkpoint is left; start the run anew.")
    return None
