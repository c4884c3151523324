"""What the canvas and Python tell each other about a project: who is newer, what was saved, what is wrong.

The canvas owns the document while it is edited, Python owns the truth about it. A change names the revision that it was made
from; where the file has moved on since (another tab, another page), nothing is overwritten and the canvas is told.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from builder.document import Node, Project
from builder.loading import LoadError, load_project
from builder.phrases import describe_errors
from ui.projects import NewerRevision, Stored, save_project
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
        project = load_project(json.dumps(change.document))
    except ValidationError as error:
        return stored, {"refusal": describe_refusal(error)}
    except LoadError as error:
        return stored, {"refusal": f"This change could not be saved. {error} Undo it to go on."}
    if change.project != stored.id:
        return stored, {}
    base = max(0, change.base_revision)
    analyses.begin(stored.id, project)
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
    """Say which part of what was sent around the document is wrong."""
    path, phrase = describe_errors(error)[0]
    return f"This change could not be saved. {path}: {phrase}. Undo it to go on."


def describe_state(stored: Stored, client_has: int | None, analysis: Json | None, told: Json) -> Json:
    """Everything that goes down to the canvas: the document only where the canvas lacks this revision."""
    state: Json = {"project": stored.id, "revision": stored.revision, "analysis": analysis, **told}
    if client_has != stored.revision and "refusal" not in told:
        state["document"] = write_document(stored.project)
    return state


def write_document(project: Project) -> Json:
    """Return the document as the canvas holds it."""
    return project.model_dump(mode="json")


class Analyses:
    """Shapes and findings of the projects that are open, worked out once for each document.

    They are begun while a document is still being written to the disk, which takes about as long.
    """

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._known: OrderedDict[str, tuple[Project, Future[Json]]] = OrderedDict()
        self._lock = Lock()

    def begin(self, id: str, project: Project) -> Future[Json]:
        """Start to analyse a project, or return what is under way or done for this very document."""
        with self._lock:
            known = self._known.get(id)
            if known and (known[0] is project or known[0] == project):
                return known[1]
            future = self._workers.submit(_analyse, project)
            self._known[id] = (project, future)
            self._known.move_to_end(id)
            while len(self._known) > MOST_OPEN:
                self._known.popitem(last=False)
            return future


MOST_OPEN = 16
analyses = Analyses()


def find_analysis(stored: Stored) -> Json:
    """Return shapes and findings of a stored project. Waits for torch."""
    return analyses.begin(stored.id, stored.project).result()


def _analyse(project: Project) -> Json:
    wait_until_loaded()
    from builder.analysis import analyse

    return slim_analysis(analyse(project), project)


def slim_analysis(analysis: Json, project: Project) -> Json:
    """Leave out what the canvas knows anyway: ports of kinds that declare them, and parameters as they stand."""
    for path, graph in analysis["graphs"].items():
        for node in project.graph(path).by_id().values():
            slim_node(graph["nodes"][node.id], node)
    return analysis


def slim_node(facts: Json, node: Node) -> None:
    """Keep the input ports of a kind whose ports depend on the project, and the values that references stand for."""
    from builder.layers import CATALOGUE
    from builder.training import TRAINING_CATALOGUE

    kind = CATALOGUE.get(node.kind) or TRAINING_CATALOGUE.get(node.kind)
    if kind and not kind.dynamic_ports:
        del facts["inputs"]
    resolved = facts["params"]
    facts["params"] = {name: resolved.get(name) for name, value in node.params.items() if resolved.get(name) != value}
