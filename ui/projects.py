"""The projects of this computer: one JSON file each under ``LAYERLOOM_HOME/projects``, written whole or not at all.

A file carries the number of its revision and the browser tab that wrote it (in ``about``), so that two tabs that edit the
same project are told apart from one tab whose answer got lost.
"""

from __future__ import annotations

import itertools
import re
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from builder import loading
from builder.columns import without_tokenizers
from builder.document import Project
from runtime.data.home import open_folder
from runtime.recent import Recent
from runtime.trash import Entry, Trash
from ui.files import write_atomically
from ui.versions import forget_count, keep_when_due

REVISION, WRITER = "revision", "writer"
LEGAL_ID = re.compile(r"[a-z0-9_-]{1,80}")
LONGEST_NAME = 190
"""Of what is named after another project, so that a number has room behind it."""
MOST_KNOWN = 1_000
"""How many projects are remembered, so that they need not be read again."""
Stamp = tuple[int, int, int]
_lock = RLock()
_known: Recent[Path, tuple[Stamp, Stored]] = Recent(MOST_KNOWN)


@dataclass(frozen=True)
class Stored:
    """A project as it lies on the disk. Revision 0 is a project that was never changed and has no file yet."""

    id: str
    project: Project
    revision: int = 0
    writer: str = ""
    changed_at: float = 0.0


class UnreadableProject(Exception):
    """A project's file cannot be understood. The text is a sentence for people."""


class NewerRevision(Exception):
    """Somebody else saved this project in the meantime."""

    def __init__(self, stored: Stored) -> None:
        super().__init__(f'"{stored.project.name}" was changed in another tab.')
        self.stored = stored


def new_id() -> str:
    """Return an id that no project has."""
    return uuid.uuid4().hex[:12]


def find_file(id: str) -> Path:
    """Return where a project lies. Raises UnreadableProject for an id that cannot be one."""
    if not LEGAL_ID.fullmatch(id):
        raise UnreadableProject(f'There is no project "{id[:80]}".')
    return open_folder("projects") / f"{id}.json"


def load_project(id: str) -> Stored | None:
    """Read a project; None where there is no such file. Raises UnreadableProject.

    A file that has not changed since is not read again, and gives the same object.
    """
    file = find_file(id)
    stamp = stamp_file(file)
    if stamp is None:
        return None
    known = _known.find(file)
    if known is None or known[0] != stamp:
        known = _known.keep(file, (stamp, read_file(file)))
    return known[1]


def stamp_file(file: Path) -> Stamp | None:
    """What changes when a file is replaced; None where there is no file."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def read_file(file: Path) -> Stored:
    """Read a project's file. The marks of the store stay out of the project. Raises UnreadableProject."""
    try:
        project = loading.load_project(file.read_bytes())
    except loading.LoadError as error:
        raise UnreadableProject(f"{file.name} cannot be opened and is left as it is. {error}") from None
    revision, writer = project.about.get(REVISION), project.about.get(WRITER)
    about = {key: value for key, value in project.about.items() if key not in (REVISION, WRITER)}
    return Stored(
        file.stem,
        project.model_copy(update={"about": about}),
        revision if isinstance(revision, int) else 1,
        writer if isinstance(writer, str) else "",
        file.stat().st_mtime,
    )


def save_project(id: str, project: Project, base: int, revision: int, writer: str = "") -> Stored:
    """Write a project that was made from revision ``base``. Raises NewerRevision where the file has moved on since.

    A tab that saves again what it has just saved (its answer was lost on the way) is the same tab, and may. After a reload
    it has another name and sends the same document: who saves what is stored disagrees with nobody.
    """
    project = without_tokenizers(project)
    with _lock:
        stored = load_project(id)
        if stored and stored.revision > base and (not writer or stored.writer != writer) and stored.project != project:
            raise NewerRevision(stored)
        revision = max(revision, stored.revision if stored else 1)
        about = {**project.about, REVISION: revision, WRITER: writer}
        file = find_file(id)
        write_atomically(file, loading.dump_project(project.model_copy(update={"about": about})))
        saved = Stored(id, project, revision, writer, time.time())
        stamp = stamp_file(file)
        if stamp:
            _known.keep(file, (stamp, saved))
    keep_when_due(id, project, base, revision)
    return saved


def list_projects() -> list[Stored]:
    """Return every readable project, the one changed last first."""
    found = []
    for file in open_folder("projects").glob("*.json"):
        try:
            stored = load_project(file.stem)
        except UnreadableProject:
            continue
        if stored:
            found.append(stored)
    return sorted(found, key=lambda stored: -stored.changed_at)


def name_apart(name: str) -> str:
    """A name that no project has: the given one, or with the next free number behind it: ``Digits 2``."""
    taken = {stored.project.name for stored in list_projects()}
    if name not in taken:
        return name
    stem = re.sub(r" \d+$", "", name)[:LONGEST_NAME]
    number = next(number for number in itertools.count(2) if f"{stem} {number}" not in taken)
    return f"{stem} {number}"


def create_project(project: Project) -> Stored:
    """Save a new project under a new id."""
    return save_project(new_id(), project, base=0, revision=1)


def discard_project(id: str) -> Entry | None:
    """Move a project and its versions to the trash. Returns None where there is no such project."""
    file = find_file(id)
    if not file.exists():
        return None
    with _lock:
        entry = Trash().put("project", read_name(id), [f"projects/{file.name}", f"versions/{id}"])
        _known.forget(file)
        forget_count(id)
    return entry


def read_name(id: str) -> str:
    """The name of a project; its id where its file cannot be read."""
    try:
        stored = load_project(id)
    except UnreadableProject:
        return id
    return stored.project.name if stored else id
