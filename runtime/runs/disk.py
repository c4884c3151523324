"""What a disk refuses, in words: full, out of quota, read-only, a file that may not grow, hardware that fails."""

from __future__ import annotations

import errno
import re
import sqlite3
from typing import NamedTuple


class Refusal(NamedTuple):
    """What a disk refuses: the reason, and what to do about it."""

    reason: str
    remedy: str

    @property
    def advice(self) -> str:
        """What to do where a run ended by it."""
        return f"{self.remedy}, then resume: the earlier checkpoints are intact."


FULL = Refusal("The disk that holds the run is full.", "Free some space")
READ_ONLY = Refusal(
    "The folder of the run cannot be written to.", "Check its permissions and whether the disk is read-only"
)
TOO_LARGE = Refusal(
    "A file of the run may not grow: the system limits how large a file becomes.", "Raise that limit (ulimit -f)"
)
BROKEN = Refusal("The disk that holds the run reported an error.", "Check the disk and how it is connected")
BY_NUMBER = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EFBIG: TOO_LARGE,
    errno.EIO: BROKEN,
    errno.ESTALE: BROKEN,
}
BY_CODE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_IOERR: BROKEN,
}


def explain_disk(error: BaseException) -> Refusal | None:
    """What a disk refused, where that is the error; None for every other.

    What caused an error is asked too: a library may say in its own words that the disk was full.
    """
    for cause in find_causes(error):
        if (refusal := explain_one(cause)) is not None:
            return refusal
    return None


def find_causes(error: BaseException) -> list[BaseException]:
    """An error and those that it was raised from."""
    causes = [error]
    while (cause := causes[-1].__cause__) is not None and cause not in causes:
        causes.append(cause)
    return causes


def explain_one(error: BaseException) -> Refusal | None:
    """What one error says by its number."""
    if isinstance(error, sqlite3.Error):
        code: int | None = getattr(error, "sqlite_errorcode", None)
        return None if code is None else BY_CODE.get(code & 0xFF)
    number = error.errno if isinstance(error, OSError) and error.errno is not None else read_number(error)
    return BY_NUMBER.get(number)


def read_number(error: BaseException) -> int:
    """The system's number in the text of an error, as libraries in Rust write it; 0 where there is none."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return int(found[1]) if found else 0
