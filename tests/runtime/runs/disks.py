"""Disks to spoil: real ones of a few megabytes where the system lets us mount them."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

FILLER = "filler"


@contextmanager
def small_disk(place: Path, size: str = "8m") -> Iterator[Path]:
    """A disk in memory. The test is skipped where the system refuses to mount one."""
    place.mkdir()
    mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", place)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def mount(*arguments: str | Path) -> None:
    """Mount something, or skip the test."""
    try:
        done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("There is no mount command here.")
    if done.returncode:
        pytest.skip(f"The system refuses to mount a disk for tests: {done.stderr.strip()}")


def set_read_only(disk: Path) -> None:
    """Let a disk take nothing more."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def set_writable(disk: Path) -> None:
    """Let a disk take what it is given."""
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Fill a disk to its last byte."""
    with (disk / FILLER).open("ab", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError as error:
                assert error.errno == errno.ENOSPC


def make_room(disk: Path) -> None:
    """Remove what filled the disk."""
    with suppress(FileNotFoundError):
        (disk / FILLER).unlink()
