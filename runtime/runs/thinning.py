"""Which samples of a run stay: the newest ones all, those before them ever further apart, together within a number of bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

NEWEST = 200
"""How many of a preview's last samples stay as they are."""
EARLIER = 200
"""How many stay of all that came before, evenly spread over its steps."""
MOST_BYTES = 64 * 2**20
"""What the samples of a run may take on the disk."""


@dataclass(frozen=True)
class Kept:
    """A sample as its row tells of it, and what it takes on the disk."""

    id: int
    node: str
    step: int
    file: str | None
    num_bytes: int


class Dated(Protocol):
    """What happened at a step."""

    @property
    def step(self) -> int:
        """How many steps were done."""


S = TypeVar("S", bound=Dated)


def thin_samples(connection: sqlite3.Connection, folder: Path) -> None:
    """Remove the samples that need not stay, and files that no row speaks of. Raises sqlite3.Error or OSError."""
    samples = list_samples(connection, folder)
    staying = choose_staying(samples)
    gone = [sample.id for sample in samples if sample not in staying]
    remove_rows(connection, "DELETE FROM samples WHERE id = ?", gone)
    named = {sample.file for sample in staying}
    for path in folder.glob("*.json.gz"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def remove_rows(connection: sqlite3.Connection, sql: str, ids: Sequence[int]) -> None:
    """Remove rows by their numbers, all or none. Raises sqlite3.Error."""
    if not ids:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(sql, [(id,) for id in ids])
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def list_samples(connection: sqlite3.Connection, folder: Path) -> list[Kept]:
    """The samples of a run, the oldest first."""
    rows = connection.execute("SELECT id, node, step, file, LENGTH(payload) FROM samples ORDER BY id")
    return [
        Kept(id, node, step, file, (num_bytes or 0) + (measure_file(folder / file) if file else 0))
        for id, node, step, file, num_bytes in rows
    ]


def measure_file(path: Path) -> int:
    """The size of a file; 0 where it is lost."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def choose_staying(samples: Sequence[Kept], most_bytes: int | None = None) -> set[Kept]:
    """As many samples as may stay, halved until they fit. The newest of every preview stays in any case."""
    nodes: dict[str, list[Kept]] = {}
    for sample in samples:
        nodes.setdefault(sample.node, []).append(sample)
    limit, newest, earlier = MOST_BYTES if most_bytes is None else most_bytes, NEWEST, EARLIER
    while True:
        staying = {kept for own in nodes.values() for kept in thin_node(own, newest, earlier)}
        if not earlier or sum(sample.num_bytes for sample in staying) <= limit:
            return staying
        newest, earlier = max(1, newest // 2), earlier // 2


def thin_node(samples: list[S], newest: int, earlier: int) -> list[S]:
    """The last samples of a preview, or looks, and some of those before."""
    return [*spread(samples[:-newest], earlier), *samples[-newest:]]


def spread(samples: list[S], count: int) -> list[S]:
    """At most ``count`` samples, or looks: the first one in each of so many equal stretches of steps."""
    if len(samples) <= count or not count:
        return samples[:count]
    first, length = samples[0].step, samples[-1].step - samples[0].step + 1
    return list({(sample.step - first) * count // length: sample for sample in reversed(samples)}.values())
