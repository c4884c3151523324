"""What an archive holds is bounded before it is listed, and every entry is checked before any is unpacked."""

from __future__ import annotations

import errno
import io
import struct
import zipfile
from pathlib import Path

import pytest

from runtime.data import archives
from runtime.data.archives import open_archive
from runtime.data.errors import DataError


def pack(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def list_places(content: bytes, most: int = 100) -> list[str]:
    with open_archive(io.BytesIO(content), "a.zip", most) as (_, entries):
        return [str(entry.place) for entry in entries]


def test_files_come_with_their_places_and_folders_do_not() -> None:
    assert list_places(pack({"a/": b"", "a/1.txt": b"x", "b/c/2.txt": b"y"})) == ["a/1.txt", "b/c/2.txt"]


def test_what_stands_before_an_archive_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(b"#!/bin/sh\n" + pack({"1.txt": b"hello"}))
    with open_archive(file, "a.zip", 9) as (archive, entries):
        assert archive.read(entries[0].info) == b"hello"


def test_entries_are_counted_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each becomes an object of half a kilobyte, and the number at the archive's end may be a lie."""
    listed: list[str] = []
    real = zipfile.ZipInfo.__init__
    monkeypatch.setattr(zipfile.ZipInfo, "__init__", lambda self, *a, **k: listed.append("") or real(self, *a, **k))
    content = pack({f"{number}": b"" for number in range(50)})
    lying = content[:-22] + content[-22:].replace(struct.pack("<HH", 50, 50), struct.pack("<HH", 1, 1))
    assert lying != content
    listed.clear()
    with pytest.raises(DataError, match="more than 49 files"):
        list_places(lying, 49)
    assert listed == []


def test_a_list_of_entries_is_read_no_further_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_DIRECTORY_BYTES", 1000)
    assert list_places(pack({"x" * 200: b""}))
    with pytest.raises(DataError, match="more than 100 files"):
        list_places(pack({"x" * 1200: b""}))


def overlap(content: bytes) -> bytes:
    """Two entries of the list that point to the same content."""
    at = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    return content[: at + 42] + bytes(4) + content[at + 46 :]


def test_entries_that_share_their_bytes_are_a_bomb() -> None:
    with pytest.raises(DataError, match=r"its entry '[12].txt' lies over another one"):
        list_places(overlap(pack({"1.txt": b"x" * 100, "2.txt": b"x" * 100})))


def test_two_entries_of_one_name_are_refused() -> None:
    content = pack({"a.txt": b"1", "b.txt": b"2"}).replace(b"b.txt", b"a.txt")
    with pytest.raises(DataError, match="same name"):
        list_places(content)


def test_methods_that_need_memory_of_their_own_are_not_read() -> None:
    with pytest.raises(DataError, match="ordinary zip"):
        list_places(pack({"a.txt": b"x" * 1000}, zipfile.ZIP_LZMA))


@pytest.mark.parametrize("cut", [10, 30, 60, 100])
def test_a_damaged_archive_is_told(cut: int) -> None:
    content = pack({"1.txt": b"x" * 100, "2.txt": b"y" * 100}, zipfile.ZIP_DEFLATED)
    with pytest.raises(DataError, match="damaged"):
        list_places(content[:-cut])


def test_damage_inside_is_told_too() -> None:
    content = bytearray(pack({"1.txt": bytes(range(256)) * 10}, zipfile.ZIP_DEFLATED))
    content[40:80] = b"\xff" * 40
    with (
        pytest.raises(DataError, match="damaged"),
        open_archive(io.BytesIO(bytes(content)), "a.zip", 9) as (archive, entries),
    ):
        archive.read(entries[0].info)


def test_a_full_disk_is_no_damage_of_the_archive() -> None:
    with (
        pytest.raises(DataError, match="no space left on device"),
        open_archive(io.BytesIO(pack({"1.txt": b""})), "a.zip", 9),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fault", [ValueError("mine"), RuntimeError("mine"), OSError(errno.ENOENT, "mine")])
def test_a_fault_of_who_works_with_an_archive_is_not_called_damage(fault: Exception) -> None:
    with pytest.raises(type(fault), match="mine"), open_archive(io.BytesIO(pack({"1.txt": b""})), "a.zip", 9):
        raise fault
