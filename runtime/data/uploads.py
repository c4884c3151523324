"""What people hand in: files and archives of pictures, kept under the root's ``data/uploads``, within limits."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from builder.document import Origin
from runtime.data.archives import Entry, open_archive
from runtime.data.errors import DataError
from runtime.data.files import ENDINGS as TABLES
from runtime.data.folders import PICTURES
from runtime.data.home import open_folder
from runtime.data.mask_folders import NAMES, hold_masks
from runtime.data.sounds import OTHER_SOUNDS, SOUNDS

MOST_BYTES = 4 * 2**30
"""An uploaded file; what is larger is named by its path, and read where it lies."""
MOST_ENTRIES = 100_000
"""Files in one archive: all of MNIST or CIFAR as pictures fits, and listing them takes a second."""
LONGEST_NAME = 60
"""Of a file's own name so much is kept; the hash behind it tells files apart."""
BLOCK = 2**20
"""What is copied at once."""
TEXTS = frozenset({".txt"})
ENDINGS = (*(ending.removeprefix(".") for ending in TABLES), "zip")


def receive_upload(name: str, content: IO[bytes]) -> Origin:
    """Keep an uploaded table file, or the pictures of an uploaded archive, and return where it lies.

    Raises:
        DataError: the file is of another kind, too large, or an archive that is damaged or unsafe.
    """
    ending = Path(name).suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        raise DataError(f"{name} is of a kind that is not read here.", f"Use {', '.join(ENDINGS)}.")
    with _incoming() as part:
        digest = copy_bounded(content, part, MOST_BYTES, name)
        stem = clean_name(Path(name).stem)
        if ending == "zip":
            folder = _uploads() / f"{stem}-{digest[:8]}"
            extract_samples(part, folder, name)
            return Origin(kind="folder", name=f"uploads/{folder.name}")
        file = _uploads() / f"{stem}-{digest[:8]}.{ending}"
        part.replace(file)
        return Origin(kind="file", name=f"uploads/{file.name}")


def _uploads() -> Path:
    folder = open_folder("data") / "uploads"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _incoming() -> Iterator[Path]:
    """A path to write to that is gone afterwards, unless it was moved to its place."""
    part = _uploads() / f".{os.getpid()}.{uuid.uuid4().hex[:8]}.part"
    try:
        yield part
    finally:
        if part.is_dir():
            shutil.rmtree(part)
        part.unlink(missing_ok=True)


def clean_name(name: str) -> str:
    """A name for a file that is safe everywhere: letters, digits, dots, dashes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:LONGEST_NAME] or "data"


def copy_bounded(content: IO[bytes], path: Path, most: int, name: str) -> str:
    """Copy a stream to a file and return the hash of it. Raises DataError where it is larger than ``most`` bytes."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while block := content.read(BLOCK):
            size += len(block)
            if size > most:
                raise DataError(
                    f"{name} is larger than {most / 2**30:.1f} GiB.", "Leave rows out or make pictures smaller."
                )
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def extract_samples(archive: Path, folder: Path, name: str) -> None:
    """Take the pictures, or sounds, out of an archive of folders, all of them or none, with the names of classes of masks.

    What is unsafe or would grow beyond measure is refused before anything is written; what is written is counted again,
    since an archive can lie about its sizes.
    """
    if folder.is_dir():
        return
    with open_archive(archive, name, MOST_ENTRIES) as (opened, entries), _incoming() as part:
        samples = find_samples(entries, name)
        left = sum(sample.info.file_size for sample in samples)
        for sample in samples:
            target = part / sample.place
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened.open(sample.info) as content:
                copy_bounded(content, target, min(sample.info.file_size, left), name)
            left -= sample.info.file_size
        part.rename(folder)


def find_samples(entries: list[Entry], name: str) -> list[Entry]:
    """The pictures, or else the sounds, of an archive. Raises DataError where there are none, or some outside of folders."""
    pictures = [entry for entry in entries if is_sample(entry.place, PICTURES)]
    sounds = [] if pictures else [entry for entry in entries if is_sample(entry.place, SOUNDS)]
    what = "sounds" if sounds else "pictures"
    if not pictures and not sounds:
        if any(is_sample(entry.place, OTHER_SOUNDS) for entry in entries):
            raise DataError(f"{name} holds sounds that are not read here.", "Save them as WAV with 16 bits (PCM).")
        advice = "Put one folder of pictures, or of sounds as WAV, for each class into the archive."
        raise DataError(f"{name} holds no pictures.", advice)
    if any(len(sample.place.parts) < 2 for sample in pictures or sounds):
        raise DataError(f"{name} holds {what} outside of folders.", f"Put the {what} of each class into a folder.")
    return [*pictures, *list_names(entries, pictures)] or sounds


def list_names(entries: list[Entry], pictures: list[Entry]) -> list[Entry]:
    """The files that name the classes of masks, where the pictures have masks."""
    if not hold_masks([(str(entry.place), Path(entry.place)) for entry in pictures], PICTURES):
        return []
    return [entry for entry in entries if entry.place.name.lower() in NAMES and is_sample(entry.place, TEXTS)]


def is_sample(place: PurePosixPath, endings: frozenset[str]) -> bool:
    """Whether an entry is of those endings and not what an operating system leaves beside it."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts)
    return place.suffix.lower() in endings and not hidden
