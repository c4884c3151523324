"""The folder of a run: everything that is known of it, in plain files, readable without Layerloom."""

from __future__ import annotations

import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from builder.document import Project
from builder.loading import LoadError, load_project
from runtime.data.home import find_home
from runtime.runs.disk import explain_disk
from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.files import read_json, reserve_space, sync_folder, write_json, write_text
from runtime.runs.lock import RunLock, is_locked
from runtime.runs.writer import RunWriter

RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[a-z0-9_]{1,40}-[0-9a-f]{4}")
RESERVED_BYTES = 65_536
MOMENT = "%Y%m%d-%H%M%S"
DRAFT = ".new-"
LEFT_BEHIND_SECONDS = 3_600.0


@dataclass(frozen=True)
class RunFolder:
    """Where one run lies, and the names of what is in it."""

    path: Path

    @property
    def id(self) -> str:
        """The run's id: the name of its folder."""
        return self.path.name

    @property
    def database(self) -> Path:
        """Everything the run reported, in SQLite."""
        return self.path / "run.db"

    @property
    def checkpoints(self) -> Path:
        """The states the run can be taken up from."""
        return self.path / "checkpoints"

    @property
    def samples(self) -> Path:
        """Samples too large for the database."""
        return self.path / "samples"

    @property
    def control(self) -> Path:
        """What the run is asked to do: ``pause`` or ``stop``."""
        return self.path / "control"

    @property
    def reserve(self) -> Path:
        """Space that is given free when the disk is full, so that the run can still say so."""
        return self.path / "reserve"

    @property
    def log(self) -> Path:
        """What engineers want to know when something broke."""
        return self.path / "log.txt"

    def lock(self) -> RunLock:
        """The right to write to this run."""
        return RunLock(self.path / "run.lock")

    def is_locked(self) -> bool:
        """Whether somebody is working on this run."""
        return is_locked(self.path / "run.lock")

    def writer(self) -> RunWriter:
        """The run's pen, for the holder of the lock."""
        return RunWriter(self.database, self.samples)

    @contextmanager
    def open_writer(self) -> Iterator[RunWriter]:
        """The run's pen for as long as its worker works. Raises RunError where the disk does not take it."""
        with saying("The run cannot be worked on."):
            writer = self.writer()
        with writer:
            yield writer

    def read_project(self) -> Project:
        """The project as it was when the run began. Raises RunError."""
        try:
            return load_project((self.path / "project.json").read_bytes())
        except LoadError as error:
            raise RunError(f'The project of the run "{self.id}" cannot be opened. {error}') from None
        except OSError as error:
            raise RunError(f'The project of the run "{self.id}" cannot be read: {error.strerror}.') from error

    def write_project(self, project: Project) -> None:
        """Keep the project with the facts of the data that it really learned from: who asks the network needs them."""
        write_text(self.path / "project.json", project.model_dump_json(indent=1) + "\n")

    def read_meta(self) -> dict[str, Any]:
        """Name, tags, notes, parent and group; what is missing has its default."""
        defaults: dict[str, Any] = {"name": self.id, "tags": [], "notes": "", "parent": None, "group": None}
        return defaults | read_object(self.path / "meta.json")

    def write_meta(self, **changes: Any) -> None:
        """Change the name, tags or notes."""
        write_json(self.path / "meta.json", {**self.read_meta(), **changes})

    def read_environment(self) -> dict[str, Any]:
        """Versions, device and threads of the run's last worker; empty before the first."""
        return read_object(self.path / "environment.json")

    def write_environment(self, environment: dict[str, Any]) -> None:
        """Record versions, device and threads."""
        write_json(self.path / "environment.json", environment)

    def write_control(self, command: str) -> None:
        """Ask the run for something; it looks within a step. Raises RunError where the disk does not take it."""
        with saying("The run cannot be asked."):
            write_text(self.control, command + "\n")

    def clear_control(self) -> None:
        """Forget what was asked before."""
        self.control.unlink(missing_ok=True)


def read_object(path: Path) -> dict[str, Any]:
    """Read a JSON object, empty where there is none to be read."""
    try:
        return read_json(path)
    except (OSError, ValueError):
        return {}


def runs_folder(runs: Path | None = None) -> Path:
    """The folder of all runs: the given one, else ``runs`` under the root of what the person made."""
    return (runs or find_home() / "runs").absolute()


def create_run(
    project: Project,
    name: str | None = None,
    parent: str | None = None,
    runs: Path | None = None,
    *,
    group: str | None = None,
    id: str | None = None,
) -> RunFolder:
    """Make a run's folder. It appears complete or not at all: it is filled under another name and then renamed.

    Args:
        project: what is trained.
        name: what the run is called; the project's name where nothing is said.
        parent: the run that it was made from.
        runs: the folder of all runs.
        group: what it has in common with the runs that repeat the same project with other seeds.
        id: an id that ``make_run_id`` made for it.

    Raises:
        RunError: The disk does not take it.
    """
    with saying("The run cannot be made."):
        meta = {"name": name or project.name, "parent": parent, "group": group}
        return make_folder(project, meta, runs_folder(runs), id)


@contextmanager
def saying(what: str) -> Iterator[None]:
    """Say in a sentence what cannot be done where a disk is in the way. Raises RunError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        refusal = explain_disk(error)
        if refusal is None:
            raise
        raise RunError(f"{what} {refusal.reason}", f"{refusal.remedy}.") from error


def make_folder(project: Project, meta: dict[str, Any], home: Path, id: str | None = None) -> RunFolder:
    """Fill the folder of a run beside the others and give it its name."""
    home.mkdir(parents=True, exist_ok=True)
    folder = RunFolder(home / (id or make_run_id(project.name, find_newest(home))))
    draft = RunFolder(home / f"{DRAFT}{folder.id}")
    try:
        fill_folder(draft, project, meta)
        draft.path.rename(folder.path)
    except BaseException:
        shutil.rmtree(draft.path, ignore_errors=True)
        raise
    sync_folder(home)
    return folder


def fill_folder(draft: RunFolder, project: Project, meta: dict[str, Any]) -> None:
    """Put into a new folder what is there from the first moment."""
    for path in (draft.path, draft.checkpoints, draft.samples):
        path.mkdir()
    write_text(draft.path / "project.json", project.model_dump_json(indent=1) + "\n")
    created = datetime.now(UTC).isoformat(timespec="milliseconds")
    write_json(
        draft.path / "meta.json",
        {**meta, "tags": [], "notes": "", "created": created},
    )
    reserve_space(draft.reserve, RESERVED_BYTES)
    with draft.lock(), draft.writer() as writer:
        writer.write_status("queued")


def make_run_id(name: str, newest: str = "") -> str:
    """A readable id that sorts behind every earlier one: ``20260121-101530-mnist_cnn-3f2a``.

    Args:
        name: of the project.
        newest: the id of the newest run. Where the clock shows no later second than that (it was set back, summer time
            ended, two runs began at once), the id takes the second after it.
    """
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:40] or "run"
    moment = datetime.now()
    with suppress(ValueError, OverflowError):
        moment = max(moment, datetime.strptime(newest[:15], MOMENT) + timedelta(seconds=1))
    return f"{moment:{MOMENT}}-{words}-{secrets.token_hex(2)}"


def sweep_drafts(runs: Path | None = None) -> None:
    """Remove folders of runs whose maker was killed before they had their name. Where that fails they are in nobody's way."""
    home = runs_folder(runs)
    for path in home.glob(f"{DRAFT}*") if home.is_dir() else ():
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > LEFT_BEHIND_SECONDS:
                shutil.rmtree(path)


def find_newest(home: Path) -> str:
    """The id of the newest run in a folder; empty where there is none."""
    return max((path.name for path in home.iterdir() if RUN_ID.fullmatch(path.name)), default="")


def find_run(run: str, runs: Path | None = None) -> RunFolder:
    """Return the folder of a run by its id. Raises RunNotFound, for anything that is not an id of a run too."""
    if RUN_ID.fullmatch(run):
        folder = RunFolder(runs_folder(runs) / run)
        if folder.database.is_file() and not folder.path.is_symlink():
            return folder
    raise RunNotFound(f'There is no run "{run[:100]}" in {runs_folder(runs)}.')


def find_named(run: str, runs: Path | None = None) -> RunFolder:
    """Return the folder of a run by its id or by its path. Raises RunNotFound."""
    path = Path(run)
    return find_run(path.absolute().name, path.absolute().parent) if path.is_dir() else find_run(run, runs)


def list_folders(runs: Path | None = None) -> list[RunFolder]:
    """All runs, the newest first."""
    home = runs_folder(runs)
    names = sorted((path.name for path in home.iterdir()), reverse=True) if home.is_dir() else []
    return [RunFolder(home / name) for name in names if RUN_ID.fullmatch(name)]
