"""Keeps prepared data within a part of the disk: what was not used for longest goes first, and can be made again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runtime.data.home import open_folder

MOST_BYTES = 8 * 2**30
PART_OF_FREE = 10
"""A tenth of the free disk is the most, where that is less."""
RESTING_SECONDS = 600.0
"""What was used a moment ago may just be opened by somebody."""
LEFT_BEHIND_SECONDS = 86_400.0
"""A half-written file that is older than this has lost its writer."""


@dataclass(frozen=True)
class Entry:
    """One thing that can go: a file of tensors, or what ``datasets`` keeps of a folder."""

    path: Path
    used: float
    num_bytes: int


def make_room() -> None:
    """Remove what was not used for longest until the rest fits. Who has it open keeps reading it."""
    folder, now = open_folder("prepared"), time.time()
    remove_left_behind(folder, now)
    entries = sorted(find_entries(folder), key=lambda entry: entry.used)
    size, most = sum(entry.num_bytes for entry in entries), measure_room(folder)
    for entry in entries:
        if size <= most or now - entry.used < RESTING_SECONDS:
            return
        remove(entry.path)
        size -= entry.num_bytes


def measure_room(folder: Path) -> int:
    """How many bytes prepared data may take."""
    return min(MOST_BYTES, shutil.disk_usage(folder).free // PART_OF_FREE)


def find_entries(folder: Path) -> Iterator[Entry]:
    """Everything that can be made again from its origin."""
    for path in folder.glob("*.safetensors"):
        with suppress(FileNotFoundError):
            found = path.stat()
            yield Entry(path, found.st_mtime, found.st_size)
    for path in {file.parent for file in (folder / "arrow").rglob("*.arrow")}:
        with suppress(FileNotFoundError):
            yield Entry(path, path.stat().st_mtime, sum(file.stat().st_size for file in path.iterdir()))


def remove_left_behind(folder: Path, now: float) -> None:
    """Remove files and folders whose writer was killed."""
    for path in (*folder.glob(".*.part"), *(folder / "arrow" / "tables").glob(".*.part")):
        with suppress(FileNotFoundError):
            if now - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
                remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder; what is gone already is fine, and what cannot be removed stays."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
