"""Versions of a project: whole project files under ``LAYERLOOM_HOME/versions/<project>``, kept by hand or by themselves.

A version that a person kept stays until they delete it. One is kept by itself every 50 edits or 10 minutes and when training
starts; of those the newest 50 stay, as far as they fit the budget. A version's id begins with the time at which it was kept.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import RLock
from typing import Any, Final

from builder import loading
from builder.document import Project
from runtime.data.home import open_folder
from runtime.trash import Trash, TrashError
from ui.files import write_atomically

MARK: Final = "version"
LEGAL_PROJECT: Final = re.compile(r"[a-z0-9_-]{1,80}")
LEGAL_VERSION: Final = re.compile(r"[0-9]{13}-[0-9a-f]{8}")
LONGEST_NAME: Final = 200
MOST_NAMED: Final = 500
MOST_AUTOMATIC: Final = 50
AUTOMATIC_BYTES: Final = 256 * 2**20
EDITS: Final = 50
SECONDS: Final = 600.0

_lock: Final = RLock()
_counted: dict[Path, tuple[int, float]] = {}
"""For each folder the revision and the time from which edits and minutes are counted."""


class VersionError(Exception):
    """A version that cannot be kept or opened. The text is a sentence for people."""


class MissingVersion(VersionError):
    """A version that is not there."""


@dataclass(frozen=True)
class Version:
    """A kept state of a project. The name of an automatic one says why it was kept."""

    id: str
    name: str
    automatic: bool
    revision: int
    bytes: int

    @property
    def at(self) -> float:
        """When it was kept, in seconds since 1970."""
        return int(self.id.partition("-")[0]) / 1000


def find_folder(project: str) -> Path:
    """Where the versions of a project lie. Raises MissingVersion for an id that cannot be one."""
    if not LEGAL_PROJECT.fullmatch(project):
        raise MissingVersion(f'There is no project "{project[:80]}".')
    return open_folder("versions") / project


def find_file(project: str, version: str) -> Path:
    """Where a version lies. Raises MissingVersion where there is none."""
    file = find_folder(project) / f"{version}.json"
    if not LEGAL_VERSION.fullmatch(version) or not file.is_file():
        raise MissingVersion("This version is not there any more.")
    return file


def list_versions(project: str) -> list[Version]:
    """Every version of a project, the newest first. A file that cannot be read is left alone."""
    found = [read_version(file) for file in find_folder(project).glob("*.json") if LEGAL_VERSION.fullmatch(file.stem)]
    return sorted((version for version in found if version), key=lambda version: version.id, reverse=True)


def read_version(file: Path) -> Version | None:
    """What a version's file says of itself; None where it says nothing that can be understood."""
    try:
        status = file.stat()
        return _read_version(file, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError, RecursionError):
        return None


@lru_cache(4096)
def _read_version(file: Path, changed: int, size: int) -> Version | None:
    """Read it once for every state of the file."""
    document: Any = json.loads(file.read_bytes())
    about = document.get("about") if isinstance(document, dict) else None
    mark = about.get(MARK) if isinstance(about, dict) else None
    if not isinstance(mark, dict):
        return None
    revision = mark.get("revision")
    return Version(
        file.stem,
        str(mark.get("name", ""))[:LONGEST_NAME],
        mark.get("automatic") is True,
        revision if isinstance(revision, int) else 0,
        size,
    )


def load_version(project: str, version: str) -> Project:
    """The project as it was kept. Raises VersionError."""
    try:
        kept = loading.load_project(find_file(project, version).read_bytes())
    except loading.LoadError as error:
        raise VersionError(f"This version cannot be opened and is left as it is. {error}") from None
    return strip_mark(kept)


def strip_mark(project: Project) -> Project:
    """The project without what its version says of itself."""
    return project.model_copy(update={"about": {key: value for key, value in project.about.items() if key != MARK}})


def keep_version(id: str, project: Project, name: str, *, automatic: bool = False, revision: int = 0) -> Version:
    """Keep a state of a project. An automatic one that holds what the newest holds is that one. Raises VersionError."""
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise VersionError("A version needs a name, so that it is found again.")
    with _lock:
        versions = list_versions(id)
        _counted[find_folder(id)] = (revision, time.time())
        if automatic and versions and holds(id, versions[0], project):
            return versions[0]
        if not automatic and sum(not version.automatic for version in versions) >= MOST_NAMED:
            raise VersionError(
                f"{MOST_NAMED} versions of this project are kept by name. Delete one that is not needed."
            )
        kept = write_version(id, project, {"name": name, "automatic": automatic, "revision": revision})
        prune_automatic(id)
    return kept


def holds(id: str, version: Version, project: Project) -> bool:
    """Whether a version is this very project."""
    try:
        return load_version(id, version.id) == strip_mark(project)
    except VersionError:
        return False


def write_version(id: str, project: Project, mark: dict[str, Any]) -> Version:
    """Write the file of a version."""
    folder = find_folder(id)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{time.time_ns() // 1_000_000:013d}-{uuid.uuid4().hex[:8]}.json"
    marked = project.model_copy(update={"about": {**project.about, MARK: mark}})
    write_atomically(file, loading.dump_project(marked))
    return Version(file.stem, mark["name"], mark["automatic"], mark["revision"], file.stat().st_size)


def prune_automatic(id: str) -> None:
    """Let go of the oldest automatic versions beyond what is kept of them. The newest one always stays."""
    total = 0
    for place, version in enumerate(version for version in list_versions(id) if version.automatic):
        total += version.bytes
        if place >= MOST_AUTOMATIC or (place > 0 and total > AUTOMATIC_BYTES):
            (find_folder(id) / f"{version.id}.json").unlink(missing_ok=True)


def keep_when_due(id: str, project: Project, base: int, revision: int) -> None:
    """Keep what was just saved, where enough happened since the last version. Saving never fails because of it."""
    try:
        folder = find_folder(id)
        counted = _counted.get(folder) or find_count(id) or (base, time.time())
        _counted[folder] = counted
        edits, seconds = revision - counted[0], time.time() - counted[1]
        if edits >= EDITS or seconds >= SECONDS:
            name = f"{EDITS} edits" if edits >= EDITS else f"{SECONDS / 60:.0f} minutes"
            keep_version(id, project, f"After {name}", automatic=True, revision=revision)
    except (VersionError, OSError):
        return


def forget_count(id: str) -> None:
    """Count anew from where the versions are when the project is saved next."""
    _counted.pop(find_folder(id), None)


def find_count(id: str) -> tuple[int, float] | None:
    """From where edits and minutes count after a start of the server: from the newest version."""
    return next(((version.revision, version.at) for version in list_versions(id)), None)


def discard_version(project: str, version: str) -> None:
    """Move a version to the trash. Raises MissingVersion."""
    file = find_file(project, version)
    kept = read_version(file)
    Trash().put("version", kept.name if kept else version, [name_place(project, version)])


def recall_version(project: str, version: str) -> None:
    """Take a version back from the trash. Raises MissingVersion where it is not there."""
    find_folder(project)
    trash = Trash()
    try:
        trash.restore(trash.find_latest(name_place(project, version)).id)
    except TrashError as error:
        raise MissingVersion(str(error)) from None


def name_place(project: str, version: str) -> str:
    """Where a version lies, under the root of everything."""
    return f"versions/{project}/{version}.json"
