"""What the canvas and Python tell each other about a project: who is newer, what was saved, what is wrong.

The canvas owns the document while it is edited, Python owns the truth about it. A change names the revision that it was made
from; where the file has moved on since (another tab, another page), nothing is overwritten and the canvas is told.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from builder.document import Project
from builder.phrases import describe_errors
from ui.projects import REVISION, WRITER, NewerRevision, Stored, save_project
from ui.warmup import wait_until_loaded

Json = dict[str, Any]


class Change(BaseModel):
    """A document that the canvas made out of revision ``base_revision``."""

    model_config = ConfigDict(extra="ignore")

    project: str
    writer: str = ""
    base_revision: int
    revision: int
    document: dict[str, JsonValue]


class Hello(BaseModel):
    """What the canvas holds when it is mounted or connected again. The document comes along where it is not saved."""

    model_config = ConfigDict(extra="ignore")

    project: str
    writer: str = ""
    base_revision: int = -1
    revision: int = -1
    document: dict[str, JsonValue] | None = None


def accept_change(value: Any, stored: Stored) -> tuple[Stored, Json]:
    """Save what the canvas sent. Returns what is stored now, and what the canvas has to be told beside it."""
    try:
        change = Change.model_validate(value)
        project = Project.model_validate(change.document)
    except ValidationError as error:
        return stored, {"refusal": describe_refusal(error)}
    if change.project != stored.id:
        return stored, {}
    base = max(0, change.base_revision)
    try:
        return save_project(stored.id, project, base, change.revision, change.writer), {}
    except NewerRevision as newer:
        return newer.stored, {"conflict": {"revision": newer.stored.revision}}


def settle_hello(value: Any, stored: Stored) -> tuple[Stored, Json]:
    """Find out who is newer: what the canvas could not save before is saved now, if nothing came in between."""
    hello = Hello.model_validate(value)
    if hello.project == stored.id and hello.document is not None:
        return accept_change(value, stored)
    return stored, {}


def describe_refusal(error: ValidationError) -> str:
    """Say which part of the document cannot be saved."""
    path, phrase = describe_errors(error)[0]
    return f"This change could not be saved. {path}: {phrase}. Undo it to go on."


def describe_state(stored: Stored, client_has: int | None, analysis: Json | None, told: Json) -> Json:
    """Everything that goes down to the canvas: the document only where the canvas lacks this revision."""
    state: Json = {"project": stored.id, "revision": stored.revision, "analysis": analysis, **told}
    if client_has != stored.revision and "refusal" not in told:
        state["document"] = write_document(stored.project)
    return state


def write_document(project: Project) -> Json:
    """Return the document as the canvas holds it, without the marks that the store makes on its files."""
    about = {key: value for key, value in project.about.items() if key not in (REVISION, WRITER)}
    return project.model_copy(update={"about": about}).model_dump(mode="json")


def find_analysis(stored: Stored) -> Json:
    """Return shapes and findings of a stored project, made once a revision. Waits for torch."""
    return _analyse(stored.id, stored.revision, stored.project.model_dump_json())


@lru_cache(16)
def _analyse(id: str, revision: int, document: str) -> Json:
    wait_until_loaded()
    from builder.analysis import analyse

    return analyse(Project.model_validate_json(document))
