"""Ends of runs that the disk did not take. This process remembers them, so that what it tells stays true.

A run that ended because its disk is full or read-only may not be able to say so there. What is remembered holds for as long
as nothing else is recorded of the run: whoever resumes it needs to forget nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from runtime.events import Ended

MOST_REMEMBERED = 1_000

_ends: dict[Path, tuple[int, Ended]] = {}
_guard = threading.Lock()


def remember_end(run: Path, ended: Ended, connection: sqlite3.Connection) -> None:
    """Remember how a run ended, after the last status that is recorded of it."""
    with _guard:
        _ends.pop(run, None)
        _ends[run] = count_statuses(connection), ended
        while len(_ends) > MOST_REMEMBERED:
            del _ends[next(iter(_ends))]


def find_end(run: Path, connection: sqlite3.Connection) -> Ended | None:
    """How a run ended if it could not be recorded; None where something was recorded since, or there is nothing."""
    with _guard:
        found = _ends.get(run)
    if found is None or found[0] != count_statuses(connection):
        return None
    return found[1]


def is_remembered(run: Path) -> bool:
    """Whether an end of this run was ever remembered here; what was read of it before may be untrue since."""
    with _guard:
        return run in _ends


def count_statuses(connection: sqlite3.Connection) -> int:
    """The number of the last status that is recorded."""
    return int(connection.execute("SELECT MAX(id) FROM statuses").fetchone()[0] or 0)
