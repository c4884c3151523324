"""Looks as rows of ``run.db``: the light part as JSON, the whole with its histograms compressed, and which of them stay."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runtime.events import Look
from runtime.runs.doctor_rows import has_table
from runtime.runs.thinning import remove_rows, thin_node

MOST_LOOKS = 60
"""How many looks of a run stay, evenly spread over its steps."""
NEWEST = 10
"""How many of them are the last ones, as they were taken."""
HISTOGRAM = "histogram"


@dataclass(frozen=True)
class KeptLook:
    """A look as its row tells of it."""

    id: int
    step: int


def describe_look(look: Look, write: Callable[[Any], str]) -> tuple[int, str, bytes]:
    """A row of the table: the step, the light part, and the whole."""
    whole = {"step": look.step, "rates": look.rates, "nodes": look.nodes}
    light = {**whole, "nodes": [without_histograms(node) for node in look.nodes]}
    return look.step, write(light), zlib.compress(write(whole).encode())


def without_histograms(node: dict[str, Any]) -> dict[str, Any]:
    """What was measured at a node, but for its histograms."""
    return {
        name: {fact: value for fact, value in part.items() if fact != HISTOGRAM} if isinstance(part, dict) else part
        for name, part in node.items()
    }


def list_looks(connection: sqlite3.Connection) -> list[KeptLook]:
    """The looks of a run, the oldest first."""
    if not has_table(connection, "looks"):
        return []
    return [KeptLook(*row) for row in connection.execute("SELECT id, step FROM looks ORDER BY id")]


def read_look(connection: sqlite3.Connection, step: int) -> dict[str, Any] | None:
    """The look of a step with its histograms; None where there is none."""
    if not has_table(connection, "looks"):
        return None
    row = connection.execute("SELECT whole FROM looks WHERE step = ?", (step,)).fetchone()
    return None if row is None else dict(json.loads(zlib.decompress(row[0])))


def read_newest(connection: sqlite3.Connection, seen: int) -> tuple[int, dict[str, Any] | None]:
    """The number of the newest look, and its light part where that number is beyond ``seen``."""
    sql = "SELECT id, light FROM looks ORDER BY id DESC LIMIT 1"
    row = connection.execute(sql).fetchone() if has_table(connection, "looks") else None
    if row is None:
        return 0, None
    return row[0], dict(json.loads(row[1])) if row[0] > seen else None


def thin_looks(connection: sqlite3.Connection) -> None:
    """Remove the looks that need not stay. Raises sqlite3.Error."""
    looks = list_looks(connection)
    staying = set(thin_node(looks, NEWEST, MOST_LOOKS - NEWEST))
    remove_rows(connection, "DELETE FROM looks WHERE id = ?", [look.id for look in looks if look not in staying])
