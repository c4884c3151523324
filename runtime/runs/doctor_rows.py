"""What the run's doctor found, as rows of ``run.db``: one for each finding, changed as it is seen again or cured."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

NOTE_DIAGNOSIS = """
INSERT INTO diagnoses (key, change, first_step, last_step, is_open, finding)
VALUES (?, (SELECT COALESCE(MAX(change), 0) + 1 FROM diagnoses), ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET change = excluded.change, is_open = excluded.is_open,
    last_step = CASE WHEN excluded.is_open THEN MAX(last_step, excluded.last_step) ELSE last_step END,
    finding = CASE WHEN excluded.is_open THEN excluded.finding ELSE finding END
"""


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a run's database has a table: those of earlier versions lack some."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def read_diagnoses(connection: sqlite3.Connection, seen: int = 0) -> tuple[int, list[dict[str, Any]]]:
    """The number of the last change, and what changed since ``seen``, in the order of first steps."""
    if not has_table(connection, "diagnoses"):
        return 0, []
    rows = connection.execute(
        "SELECT change, key, first_step, last_step, is_open, finding FROM diagnoses WHERE change > ? ORDER BY first_step, key",
        (seen,),
    ).fetchall()
    found = [
        {"key": key, "first_step": first, "last_step": last, "is_open": bool(is_open), "finding": json.loads(finding)}
        for _, key, first, last, is_open, finding in rows
    ]
    return max((row[0] for row in rows), default=seen), found
