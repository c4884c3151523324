"""Tables that were read once, kept as Arrow below ``prepared/arrow`` and mapped from there into memory."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa

from runtime.data.cache_room import make_room
from runtime.data.converting import Conversion
from runtime.data.errors import DataError
from runtime.data.home import open_folder

REVISION = 1
"""Raised when the same file would be read to another table."""
TABLE, NOTICES, PART = "table.arrow", "notices.json", ".part"
Kept = tuple[pa.Table, tuple[str, ...]]
Write = Callable[[Path], list[str]]


def keep_table(key: str, write: Write) -> Kept:
    """The table of a key and what is to be told of it; it is written where it is not there yet.

    Raises:
        DataError: what writes it, or where the disk refuses.
    """
    name = hashlib.sha256(f"{REVISION}:{key}".encode()).hexdigest()[:32]
    folder = open_folder("prepared") / "arrow" / "tables" / name
    kept = open_table(folder)
    if kept is None:
        make_room()
        write_table(folder, write)
        kept = open_table(folder)
    if kept is None:
        raise DataError("What was read could not be kept.", "Look whether the disk is full.")
    return kept


def open_table(folder: Path) -> Kept | None:
    """Map what is kept; None where there is nothing whole."""
    try:
        table = pa.ipc.open_file(pa.memory_map(str(folder / TABLE))).read_all()
        notices = json.loads((folder / NOTICES).read_text("utf-8"))
        os.utime(folder)
    except (OSError, ValueError):
        return None
    return table, tuple(notices)


def write_table(folder: Path, write: Write) -> None:
    """Keep a table, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".", suffix=PART, dir=folder.parent))
    try:
        notices = write(part / TABLE)
        (part / NOTICES).write_text(json.dumps(notices), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def write_converted(read: Callable[[Conversion], None], path: Path) -> list[str]:
    """Write what is read bit by bit as Arrow; what is to be told of it."""
    spool = path.with_suffix(".spool")
    with spool.open("wb+") as file:
        conversion = Conversion(file)
        read(conversion)
        conversion.write(path)
    spool.unlink()
    return conversion.notices


def write_batches(batches: Iterator[pa.RecordBatch], schema: pa.Schema, path: Path) -> list[str]:
    """Write what has types already as Arrow."""
    fields = [field.with_type(find_plain_type(field.type)) for field in schema]
    plain = pa.schema(fields, metadata=schema.metadata)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, plain) as writer:
        for batch in batches:
            writer.write_batch(batch.cast(plain))
    return []


def find_plain_type(type: pa.DataType) -> pa.DataType:
    """The type of the values themselves where those are kept as numbers in a dictionary, which may change on the way."""
    return type.value_type if pa.types.is_dictionary(type) else type
