"""Prepared tensors on disk: one safetensors file each, written whole or not at all, read by mapping it into memory."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from runtime.data.errors import DataError
from runtime.data.home import open_folder

Kept = tuple[dict[str, Tensor], dict[str, Any]]


def find_path(key: str) -> Path:
    """Where the tensors of a key lie."""
    return open_folder("prepared") / f"{key}.safetensors"


def read(path: Path) -> Kept | None:
    """Map kept tensors into memory; None where there are none or the file is damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {})["about"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - a file is no mapping
        os.utime(path)
        return tensors, about
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def keep(path: Path, tensors: dict[str, Tensor], about: dict[str, Any]) -> Kept:
    """Write tensors and map them, so that a first and a later preparation give the same thing."""
    write(path, tensors, about)
    return read(path) or (tensors, about)


def write(path: Path, tensors: dict[str, Tensor], about: dict[str, Any]) -> None:
    """Write a file under another name and move it into place. Raises DataError where the disk refuses."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        save_file({name: values.contiguous() for name, values in tensors.items()}, part, {"about": json.dumps(about)})
        part.replace(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path.name} cannot be written to {path.parent}: is the disk full? ({error})") from error
    finally:
        part.unlink(missing_ok=True)
