"""Zip archives that a person hands in: what is in them is bounded before it is listed, and checked before it is unpacked."""

from __future__ import annotations

import errno
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final, Literal

from runtime.data.errors import DataError

MOST_BYTES: Final = 4 * 2**30
"""What an archive may hold when it is unpacked; more pictures are better left in a folder."""
MOST_DIRECTORY_BYTES: Final = 32 * 2**20
"""The list of entries at an archive's end: 300 bytes for each, where 100 are usual."""
MOST_TIMES_LARGER: Final = 100
"""How often larger than the archive its content may be; pictures, weights and text stay below 20."""
SMALLEST: Final = 2**20
"""Archives below this are taken to be this large when they are measured by what they grow to."""
LOCAL_HEADER: Final = 30
"""Bytes before the name and content of an entry, so that the next one begins no earlier."""
ENTRY: Final = b"PK\x01\x02"
READ_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGES: Final = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(RuntimeError, EOFError, OSError, ValueError, ArithmeticError),
)
"""What ``zipfile`` raises for archives that are damaged or of a kind that it does not know."""
READ_DAMAGES: Final = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading an entry raises; all else that comes while an archive is open is the fault of who works with it."""
DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
"""Faults of the disk that is written to, not of the archive."""


@dataclass(frozen=True)
class Entry:
    """A file in an archive, and the place relative to the archive where it belongs."""

    info: zipfile.ZipInfo
    place: PurePosixPath


class _Watched:
    """A file of which ``zipfile`` reads the list of entries no further than the limits."""

    def __init__(self, file: IO[bytes], most_entries: int, name: str) -> None:
        self._file, self._most, self._name = file, most_entries, name
        self.is_listing = True

    def read(self, size: int = -1) -> bytes:
        """Read on. Raises DataError for a list of entries that is too long."""
        if self.is_listing and size > MOST_DIRECTORY_BYTES:
            raise refuse_count(self._name, self._most)
        content = self._file.read(size)
        if self.is_listing and content.count(ENTRY) > self._most:
            raise refuse_count(self._name, self._most)
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Archive(zipfile.ZipFile):
    """An archive that says the same of every entry whose own header is damaged."""

    def open(
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> IO[bytes]:
        """Open an entry. Raises BadZipFile."""
        try:
            return super().open(name, mode, pwd, force_zip64=force_zip64)
        except DAMAGES as error:
            raise zipfile.BadZipFile(str(error)) from error


def refuse_count(name: str, most: int) -> DataError:
    """What is said of an archive with too many entries."""
    return DataError(f"{name} holds more than {most:,} files, which is the most.", "Leave some out.")


@contextmanager
def open_archive(file: Path | IO[bytes], name: str, most_entries: int) -> Iterator[tuple[zipfile.ZipFile, list[Entry]]]:
    """Open an archive whose entries were all checked: none leads outside, none is a link, together they are bounded.

    Raises:
        DataError: the archive is damaged, unsafe, or larger than can be worked with; also for what is found while reading.
    """
    with ExitStack() as opened:
        try:
            content = opened.enter_context(file.open("rb")) if isinstance(file, Path) else file
            watched = _Watched(content, most_entries, name)
            archive = opened.enter_context(_Archive(watched))
            watched.is_listing = False
            entries = check_entries(archive, content.seek(0, os.SEEK_END), name, most_entries)
        except DAMAGES as error:
            raise refuse_damage(name, error) from error
        try:
            yield archive, entries
        except READ_DAMAGES as error:
            raise refuse_damage(name, error) from error
        except OSError as error:
            if error.errno not in DISK:
                raise
            raise refuse_damage(name, error) from error


def refuse_damage(name: str, error: BaseException) -> DataError:
    """What is said where the archive is damaged, or the disk takes nothing."""
    if isinstance(error, OSError) and error.errno in DISK:
        return DataError(f"{name} cannot be unpacked: {(error.strerror or str(error)).lower()}.")
    return DataError(f"{name} cannot be unpacked: the archive is damaged.", "Make it again.")


def check_entries(archive: zipfile.ZipFile, size: int, name: str, most: int) -> list[Entry]:
    """The files of an archive of ``size`` bytes and their places. Raises DataError where the archive is unsafe."""
    infos = archive.infolist()
    if len(infos) > most:
        raise refuse_count(name, most)
    check_growth(infos, size, name)
    check_overlap(infos, size, name)
    return [Entry(info, place) for info in infos if (place := check_place(info, name)) and not info.is_dir()]


def check_growth(infos: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Raise DataError for an archive that would grow beyond measure."""
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_BYTES or unpacked > MOST_TIMES_LARGER * max(size, SMALLEST):
        raise DataError(
            f"{name} would grow to {unpacked / 2**30:.1f} GiB when unpacked, so it is left packed.", "Leave some out."
        )


def check_overlap(infos: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Raise DataError where two entries share bytes or a name: no program writes such an archive, bombs are made so."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise DataError(f"{name} is refused: its entry {info.filename[:80]!r} lies over another one.")
        end = info.header_offset + LOCAL_HEADER + info.compress_size
    if end > size:
        raise DataError(f"{name} cannot be unpacked: the archive is damaged.", "Make it again.")
    if len({info.filename for info in infos}) < len(infos):
        raise DataError(f"{name} is refused: two of its entries have the same name.", "Make it again.")


def check_place(info: zipfile.ZipInfo, name: str) -> PurePosixPath:
    """Where an entry belongs. Raises DataError for a name that leads elsewhere, a link, or what cannot be read."""
    place = PurePosixPath(info.filename)
    kind = stat.S_IFMT(info.external_attr >> 16)
    leads_out = place.is_absolute() or ".." in place.parts or "\\" in info.filename or ":" in info.filename
    if leads_out or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise DataError(f"{name} is refused: its entry {info.filename[:80]!r} leads outside of the archive.")
    if info.flag_bits & 1:
        raise DataError(f"{name} is encrypted.", "Make it again without a password.")
    if info.compress_type not in READ_METHODS:
        raise DataError(f"{name} is packed in a way that is not read here.", "Make an ordinary zip of it.")
    return place
