"""The projects that some tab has open: the document as the canvas holds it, the same as models, and what is known of it.

A change arrives as a patch of a revision (``ui/canvas/patch.py``). What it leaves alone stays the same object, in the
document and in the models, so that checking and describing again cost what the change touched.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar

from builder.document import Edge, Graph, Node, Part, Project
from builder.loading import check_size, check_values, read_document
from ui.canvas.analysing import analyse_for_canvas
from ui.canvas.patch import PatchError, apply_patch
from ui.projects import Stored, save_project

Json = dict[str, Any]
Piece = TypeVar("Piece", bound=Part)
MOST_OPEN = 16
ANALYSES_KEPT = 4
"""Of how many revisions the analysis is kept, so that an answer can be the difference to one that a tab has."""


class LacksDocumentError(Exception):
    """A patch is of a revision that is not at hand; the whole document has to come."""


@dataclass(frozen=True)
class Opened:
    """One revision of an open project."""

    stored: Stored
    document: Json


class OpenProjects:
    """What is open, the project used last at the end. Safe to use from several threads."""

    def __init__(self) -> None:
        self._opened: OrderedDict[str, Opened] = OrderedDict()
        self._analyses: dict[str, OrderedDict[int, tuple[Project, Future[Json]]]] = {}
        self._workers = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._lock = RLock()

    def open(self, stored: Stored) -> Opened:
        """Return the document of what is stored, the same object for the same project."""
        with self._lock:
            known = self._opened.get(stored.id)
            if known is None or (known.stored.project is not stored.project and known.stored.project != stored.project):
                known = Opened(stored, stored.project.model_dump(mode="json"))
            return self._keep(Opened(stored, known.document))

    def save(self, stored: Stored, document: Json, base: int, revision: int, writer: str) -> Opened:
        """Save a document that a tab made. Its analysis begins while it is being written.

        Raises:
            LoadError: the document could not be opened again.
            NewerRevision: somebody else has saved in the meantime.
        """
        with self._lock:
            project = build_project(document, self._opened.get(stored.id))
            self.analyse(stored.id, revision, project)
            saved = save_project(stored.id, project, base, revision, writer)
            return self._keep(Opened(saved, document))

    def patch(self, stored: Stored, patch: Json, base: int) -> Json:
        """Return the document that a patch makes of revision ``base``. Raises LacksDocumentError and LoadError."""
        with self._lock:
            known = self.open(stored)
            if known.stored.revision != base:
                raise LacksDocumentError
            check_values(patch)
            try:
                patched: Json = apply_patch(known.document, patch)
            except PatchError:
                raise LacksDocumentError from None
            return patched

    def analyse(self, id: str, revision: int, project: Project) -> Future[Json]:
        """Begin to analyse a revision, or return what is under way or done for it."""
        with self._lock:
            kept = self._analyses.setdefault(id, OrderedDict())
            known = kept.get(revision)
            if known and (known[0] is project or known[0] == project):
                return known[1]
            future = self._workers.submit(analyse_for_canvas, project)
            kept[revision] = (project, future)
            kept.move_to_end(revision)
            while len(kept) > ANALYSES_KEPT:
                kept.popitem(last=False)
            return future

    def find_analysis(self, id: str, revision: int) -> Json | None:
        """The analysis of a revision where it is kept and done."""
        with self._lock:
            known = self._analyses.get(id, OrderedDict()).get(revision)
        return known[1].result() if known and known[1].done() and not known[1].exception() else None

    def _keep(self, opened: Opened) -> Opened:
        id = opened.stored.id
        self._opened[id] = opened
        self._opened.move_to_end(id)
        while len(self._opened) > MOST_OPEN:
            gone, _ = self._opened.popitem(last=False)
            self._analyses.pop(gone, None)
        return opened


open_projects = OpenProjects()


def find_analysis(stored: Stored) -> Json:
    """Return shapes and findings of a stored project. Waits for torch."""
    return open_projects.analyse(stored.id, stored.revision, stored.project).result()


def build_project(document: Json, known: Opened | None) -> Project:
    """Read a document, with the models of another one for the parts that the two share. Raises LoadError."""
    if known is None:
        return read_document(document)
    check_size(document)
    try:
        return build_from_parts(document, known.document, known.stored.project)
    except (ValueError, AttributeError, KeyError, TypeError):
        return read_document(document)


def build_from_parts(document: Json, before: Json, project: Project) -> Project:
    """A project whose graphs and nodes are the models of ``project`` wherever their data are the same objects."""
    rest = {key: value for key, value in document.items() if key not in ("networks", "training")}
    if rest.get("format") != project.format:
        raise KeyError("format")
    networks = {
        name: build_graph(graph, before["networks"].get(name), project.networks.get(name))
        for name, graph in document["networks"].items()
    }
    training = build_graph(document["training"], before["training"], project.training)
    return Project.model_validate(rest).model_copy(update={"networks": networks, "training": training})


def build_graph(graph: Json, before: Json | None, model: Graph | None) -> Graph:
    """A graph whose nodes and links are the models of another one wherever their data are the same objects."""
    if before is None or model is None:
        return Graph.model_validate(graph)
    if graph is before:
        return model
    rest = {key: value for key, value in graph.items() if key not in ("nodes", "edges")}
    parts = {
        "nodes": build_pieces(Node, graph["nodes"], before["nodes"], model.nodes),
        "edges": build_pieces(Edge, graph["edges"], before["edges"], model.edges),
    }
    return Graph.model_validate(rest).model_copy(update=parts)


def build_pieces(
    piece: type[Piece], items: list[Json], before: list[Json], models: Iterable[Piece]
) -> tuple[Piece, ...] | Iterable[Piece]:
    """Models of items: those of the same data where there are such. The same tuple where nothing changed."""
    if items is before:
        return models
    known = {id(item): model for item, model in zip(before, models, strict=True)}
    return tuple(known[id(item)] if id(item) in known else piece.model_validate(item) for item in items)
