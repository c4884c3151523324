"""The trash: what a person deletes stays under ``LAYERLOOM_HOME/trash`` for a while and comes back under its old name.

Each deletion is a folder of its own. ``entry.json`` in it says what was deleted and where it lay; it is written before anything
is moved, so that a crash on the way leaves everything either where it was or where it is found again.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from runtime.data.home import find_home
from runtime.runs.disk import explain_disk
from runtime.runs.files import read_json, sync_folder, write_json

Kind = Literal["run", "project", "version", "block"]

KINDS: tuple[Kind, ...] = ("run", "project", "version", "block")
ROOMS = ("runs", "projects", "versions", "blocks")
ENTRY = "entry.json"
GONE = ".gone-"
LEGAL_ID = re.compile(r"[0-9]{13}-[0-9a-f]{6}")
DAYS = 30
MOST_REMOVED = 200
"""How many old entries one start of the server removes: the rest is left for the next one."""
MOST_THINGS, LONGEST_NAME = 10, 200


class TrashError(Exception):
    """What was deleted cannot be brought back. The text is a sentence for people."""


@dataclass(frozen=True)
class Entry:
    """One deletion: a run, a project with its versions, a version or a block."""

    path: Path
    kind: Kind
    name: str
    things: tuple[str, ...]
    """Where its files and folders lay, under the root: ``projects/3f2a.json``, ``versions/3f2a``."""

    @property
    def id(self) -> str:
        """Its name in the trash."""
        return self.path.name

    @property
    def at(self) -> float:
        """When it was deleted, in seconds since 1970."""
        return int(self.id.partition("-")[0]) / 1000

    @property
    def num_bytes(self) -> int:
        """How much of the disk it takes."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file() and not file.is_symlink())

    def holds(self) -> bool:
        """Whether anything of it is there: not where a crash came before the first move."""
        return any((self.path / thing).exists() for thing in self.things)


class Trash:
    """The trash of one root folder; of ``LAYERLOOM_HOME`` where none is given."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or find_home()
        self.path = self.root / "trash"

    def put(self, kind: Kind, name: str, things: Sequence[str]) -> Entry:
        """Move files and folders into the trash as one deletion, as far as they are there.

        Raises:
            TrashError: none of them is there, or the disk does not let them go.
        """
        there = tuple(thing for thing in things if (self.root / thing).exists())
        if not there:
            raise TrashError(f"“{name}” is not there any more.")
        entry = Entry(self.path / f"{time.time_ns() // 1_000_000:013d}-{secrets.token_hex(3)}", kind, name, there)
        with told(f"“{name}” cannot go to the trash."):
            entry.path.mkdir(parents=True)
            write_json(entry.path / ENTRY, {"kind": kind, "name": name[:LONGEST_NAME], "things": list(there)})
            sync_folder(self.path)
            for thing in there:
                move(self.root / thing, entry.path / thing)
        return entry

    def restore(self, id: str) -> Entry:
        """Take a deletion back: everything lies again where it lay.

        Raises:
            TrashError: it is not there any more, something else has its place, or the disk does not take it.
        """
        entry = self.find(id)
        things = [thing for thing in entry.things if (entry.path / thing).exists()]
        taken = [thing for thing in things if (self.root / thing).exists()]
        if taken:
            raise TrashError(
                f"“{entry.name}” cannot come back: there is a {entry.kind} of the same name again. Delete that one first."
            )
        with told(f"“{entry.name}” cannot come back."):
            for thing in reversed(things):
                move(entry.path / thing, self.root / thing)
        shutil.rmtree(entry.path, ignore_errors=True)
        return entry

    def list_entries(self) -> list[Entry]:
        """Every deletion, the newest first."""
        paths = sorted(self.path.iterdir(), reverse=True) if self.path.is_dir() else []
        return [entry for path in paths if (entry := read_entry(path)) is not None and entry.holds()]

    def find(self, id: str) -> Entry:
        """A deletion by its name in the trash. Raises TrashError where it is not there."""
        entry = read_entry(self.path / id) if LEGAL_ID.fullmatch(id) else None
        if entry is None or not entry.holds():
            raise TrashError("This is not in the trash any more.")
        return entry

    def find_latest(self, thing: str) -> Entry:
        """The latest deletion of what lay at a place. Raises TrashError where it is not there."""
        for entry in self.list_entries():
            if entry.things[0] == thing:
                return entry
        raise TrashError("This is not in the trash any more.")

    def remove(self, entry: Entry) -> None:
        """Delete something for good. What a crash leaves of it is removed at the next start."""
        gone = entry.path.with_name(f"{GONE}{entry.id}")
        with suppress(OSError):
            entry.path.rename(gone)
            shutil.rmtree(gone)

    def empty(self) -> int:
        """Delete everything for good. Returns how much that was."""
        entries = self.list_entries()
        for entry in entries:
            self.remove(entry)
        return len(entries)

    def sweep(self, now: float | None = None) -> int:
        """Remove what was deleted more than 30 days ago, the oldest first, and leftovers of crashes. Returns how much."""
        for gone in self.path.glob(f"{GONE}*"):
            shutil.rmtree(gone, ignore_errors=True)
        limit = (now or time.time()) - DAYS * 86_400
        paths = sorted(self.path.iterdir()) if self.path.is_dir() else []
        entries = (entry for path in paths if (entry := read_entry(path)) is not None)
        old = [entry for entry in entries if entry.at < limit][:MOST_REMOVED]
        for entry in old:
            self.remove(entry)
        return len(old)


def tell_bytes(size: float) -> str:
    """``12 MB``."""
    if size < 1000:
        return f"{size:.0f} bytes"
    units = iter(("kB", "MB", "GB", "TB"))
    unit = ""
    while size >= 999.5 and (larger := next(units, None)) is not None:
        size, unit = size / 1000, larger
    return f"{size:.2g} {unit}" if size < 99.5 else f"{size:.0f} {unit}"


@contextmanager
def told(sentence: str) -> Iterator[None]:
    """Raise TrashError, which begins with a sentence, for what a disk refuses meanwhile."""
    try:
        yield
    except OSError as error:
        refusal = explain_disk(error)
        why = f"{refusal.reason} {refusal.remedy}." if refusal else f"The system says: {error.strerror or error}."
        raise TrashError(f"{sentence} {why}") from error


def move(thing: Path, place: Path) -> None:
    """Move a file or a folder, and see that it lasts."""
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(thing, place)
    sync_folder(place.parent)


def read_entry(path: Path) -> Entry | None:
    """What a folder of the trash says of itself; None for anything that is no deletion, or points elsewhere."""
    if not LEGAL_ID.fullmatch(path.name) or path.is_symlink():
        return None
    try:
        content: dict[str, Any] = read_json(path / ENTRY)
    except (OSError, ValueError, RecursionError):
        return None
    kind, name, things = content.get("kind"), content.get("name"), content.get("things")
    if kind not in KINDS or not isinstance(name, str) or not isinstance(things, list):
        return None
    if not 0 < len(things) <= MOST_THINGS or not all(is_place(thing) for thing in things):
        return None
    return Entry(path, kind, name[:LONGEST_NAME], tuple(things))


def is_place(thing: object) -> bool:
    """Whether something names a place in one of the rooms, and none outside of them."""
    if not isinstance(thing, str) or "\\" in thing or "\0" in thing:
        return False
    place = PurePosixPath(thing)
    return len(place.parts) >= 2 and place.parts[0] in ROOMS and ".." not in place.parts and str(place) == thing
