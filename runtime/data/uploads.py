"""What people hand in: files and archives of pictures, kept under the root's ``data/uploads``, within limits."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from builder.document import Origin
from runtime.data.errors import DataError
from runtime.data.files import READERS
from runtime.data.folders import PICTURES
from runtime.data.home import open_folder

MOST_BYTES = 4 * 2**30
MOST_ENTRIES = 200_000
MOST_TIMES_LARGER = 100
BLOCK = 2**20
ENDINGS = (*(ending.removeprefix(".") for ending in READERS), "zip")


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
            extract_pictures(part, folder, name)
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
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:60] or "data"


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


def extract_pictures(archive: Path, folder: Path, name: str) -> None:
    """Take the pictures out of an archive of class folders, all of them or none.

    Names that lead outside, links, encrypted entries and archives that would grow beyond measure are refused before
    anything is written; what is written is counted again, since an archive can lie about its sizes.
    """
    if folder.is_dir():
        return
    try:
        with zipfile.ZipFile(archive) as opened, _incoming() as part:
            entries = find_pictures(opened, name)
            left = sum(entry.file_size for entry, _ in entries)
            for entry, place in entries:
                target = part / place
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.open(entry) as content:
                    copy_bounded(content, target, min(entry.file_size, left), name)
                left -= entry.file_size
            part.rename(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DataError(
            f"{name} cannot be unpacked: the archive is damaged.", "Make it again and upload it."
        ) from error


def find_pictures(archive: zipfile.ZipFile, name: str) -> list[tuple[zipfile.ZipInfo, PurePosixPath]]:
    """The pictures of an archive and their places. Raises DataError where the archive is unsafe or holds none."""
    infos = check_archive(archive, name)
    found = [(info, check_place(info, name)) for info in infos if not info.is_dir()]
    pictures = [(info, place) for info, place in found if is_picture(place)]
    if not pictures:
        raise DataError(f"{name} holds no pictures.", "Put one folder of pictures for each class into the archive.")
    if any(len(place.parts) < 2 for _, place in pictures):
        raise DataError(f"{name} holds pictures outside of folders.", "Put the pictures of each class into a folder.")
    return pictures


def check_archive(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The entries of an archive. Raises DataError where there are too many, or where they would grow beyond measure."""
    infos = archive.infolist()
    if len(infos) > MOST_ENTRIES:
        raise DataError(f"{name} holds {len(infos):,} files; {MOST_ENTRIES:,} is the most.", "Leave some out.")
    size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if size > MOST_BYTES or size > MOST_TIMES_LARGER * max(packed, BLOCK):
        raise DataError(
            f"{name} would grow to {size / 2**30:.1f} GiB when unpacked, so it is left packed.", "Upload less."
        )
    return infos


def check_place(info: zipfile.ZipInfo, name: str) -> PurePosixPath:
    """Where an entry belongs. Raises DataError for a name that leads elsewhere, a link, or an encrypted entry."""
    place = PurePosixPath(info.filename)
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    leads_out = place.is_absolute() or ".." in place.parts or "\\" in info.filename or ":" in info.filename
    if is_link or leads_out:
        raise DataError(f"{name} is refused: its entry {info.filename[:80]!r} leads outside of the archive.")
    if info.flag_bits & 1:
        raise DataError(f"{name} is encrypted.", "Upload it without a password.")
    return place


def is_picture(place: PurePosixPath) -> bool:
    """Whether an entry is a picture and not what an operating system leaves beside it."""
    hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts)
    return place.suffix.lower() in PICTURES and not hidden
