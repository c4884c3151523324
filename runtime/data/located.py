"""Data that was found but not yet read, and how its content is told apart from any other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from runtime.data.tables import Table

# Told what is being done and how much of it is done (0 to 1). Raising from it ends the work with nothing half-done.
Report = Callable[[str, float], None]

WHOLE_BYTES = 256 * 2**20


@dataclass(frozen=True)
class Located:
    """Where data lies: a fingerprint of its content, and a way to read its tables when they are needed."""

    fingerprint: str
    open: Callable[[], dict[str, Table]]
    notices: tuple[str, ...] = ()


def fingerprint_files(files: Iterable[tuple[str, Path]]) -> str:
    """Hash names and content. Of very large files the size, the time of change and both ends stand for the content."""
    digest = hashlib.sha256()
    for name, path in files:
        size = path.stat().st_size
        digest.update(f"{name}\0{size}\0".encode())
        with path.open("rb") as file:
            if size <= WHOLE_BYTES:
                digest.update(hashlib.file_digest(file, "sha256").digest())
                continue
            digest.update(str(path.stat().st_mtime_ns).encode())
            digest.update(file.read(2**20))
            file.seek(-(2**20), 2)
            digest.update(file.read())
    return digest.hexdigest()
