"""Folders on disk: Parquet, CSV and JSON as the hub lays them out, pictures in class folders or beside their masks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from builder.document import Origin
from runtime.data.arrow import read_arrow
from runtime.data.errors import DataError
from runtime.data.home import open_folder, shorten_path
from runtime.data.located import Located, fingerprint_files
from runtime.data.mask_folders import hold_masks, read_mask_folder
from runtime.data.sounds import OTHER_SOUNDS, SOUNDS, read_sound_folder
from runtime.data.splits import name_part
from runtime.data.tables import Table

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
TABLES = frozenset({".parquet", ".csv", ".tsv", ".json", ".jsonl", ".arrow"})
MOST_FILES = 2_000_000


def locate_folder(origin: Origin) -> Located:
    """Find a folder: an absolute path, or one below the root's data folder."""
    path = resolve_path(origin.name)
    if not path.is_dir():
        raise DataError(f"There is no folder {shorten_path(path)}. Choose another one or put it back.")
    return locate_directory(path, origin)


def resolve_path(name: str) -> Path:
    """An absolute path as it is, a relative one below the root's data folder. Raises DataError for one that leaves it."""
    path = Path(name)
    with suppress(RuntimeError):  # there is no such person
        path = path.expanduser()
    if "\0" in name or name.startswith(("//", "\\\\")):
        raise DataError(f"{name[:80]!r} is no path on this computer. Choose a file or a folder on it.")
    if path.is_absolute():
        return path
    if ".." in path.parts:
        raise DataError(f"{name[:80]!r} leads out of the data folder. Name the whole path, from / on.")
    return open_folder("data") / path


def locate_directory(path: Path, origin: Origin) -> Located:
    """Take stock of a folder. Raises DataError where it holds nothing that can be read."""
    files = sorted(list_files(path))
    kinds = {Path(name).suffix.lower() for name, _ in files}
    fingerprint = fingerprint_files(files)
    if kinds & SOUNDS and not kinds & (PICTURES | TABLES):
        return Located(fingerprint, lambda: read_sound_folder(files))
    if not kinds & (PICTURES | TABLES):
        raise DataError(describe_unread(path, kinds))
    if hold_masks(files, PICTURES):
        return Located(fingerprint, lambda: read_mask_folder(files, PICTURES))
    config = origin.options.get("config")
    return Located(f"{fingerprint}:{config or ''}", lambda: read_folder(path, config))


def describe_unread(path: Path, kinds: set[str]) -> str:
    """Why nothing in a folder can be read."""
    if kinds & OTHER_SOUNDS:
        return f"{shorten_path(path)} holds sounds that are not read here. Save them as WAV with 16 bits (PCM)."
    scripts = " Data sets that are a script are never run." if ".py" in kinds else ""
    return f"{shorten_path(path)} holds no Parquet, CSV, JSON, picture or WAV files.{scripts}"


def list_files(path: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder that is no link and not hidden, with its name relative to the folder."""
    count = 0
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(folder, name)
            if name.startswith(".") or not file.is_file():
                continue
            count += 1
            if count > MOST_FILES:
                raise DataError(
                    f"{shorten_path(path)} holds over {MOST_FILES:,} files.", "Choose a folder further down."
                )
            yield file.relative_to(path).as_posix(), file


def read_folder(path: Path, config: Any = None) -> dict[str, Table]:
    """Read a folder with ``datasets``: its parts by the names of files and folders.

    Raises:
        DataError: it cannot be read; the message tells what ``datasets`` found wrong.
    """
    import datasets
    from datasets.utils import logging

    datasets.disable_progress_bars()
    logging.set_verbosity_error()
    cache = open_folder("prepared") / "arrow"
    name = config if isinstance(config, str) else None
    try:
        loaded = datasets.load_dataset(str(path), name=name, cache_dir=str(cache))
    except Exception as error:
        raise DataError(f"{shorten_path(path)} cannot be read: {explain_failure(error)}") from error
    mark_used(cache, [Path(file["filename"]) for files in loaded.cache_files.values() for file in files])
    tables: dict[str, Table] = {}
    for name, rows in loaded.items():
        part = name_part(str(name))
        if part and len(rows):
            tables[part] = read_arrow(rows.data.table, rows.features, path)
    if "train" not in tables and len(loaded):
        first = next(iter(loaded.values()))
        tables = {"train": read_arrow(first.data.table, first.features, path)}
    return tables


def mark_used(cache: Path, files: list[Path]) -> None:
    """Note on what ``datasets`` keeps of a folder that it was used now, so that other things are removed before it."""
    for folder in {file.parent for file in files if file.is_relative_to(cache)}:
        with suppress(OSError):
            os.utime(folder)


def explain_failure(error: BaseException) -> str:
    """The innermost reason in one line, shortened."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = " ".join(str(error).split()) or type(error).__name__
    if "script" in text.lower():
        return "it is made by a script, and scripts of data sets are never run. Look for a Parquet version of it."
    return text[:300].rstrip(".") + "."
