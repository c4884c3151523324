"""Routes through which the canvas reads a project, saves what a person changed, and learns shapes and findings.

A change goes around Streamlit: no page runs again for it, and one lost answer loses nothing, since it is sent again.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from builder.loading import MOST_BYTES, LoadError
from builder.phrases import describe_errors
from ui.canvas.analysing import find_news
from ui.canvas.opened import LacksDocumentError, open_projects
from ui.projects import NewerRevision, Stored, UnreadableProject, load_project
from ui.run_routes import RefusedRequestError, answer_json
from ui.session import load_preset
from ui.training.start import find_latest
from ui.warmup import wait_until_loaded

Json = dict[str, Any]
MOST_LOOK_BYTES = 20_000


class Change(BaseModel):
    """A change of a project: a patch of ``base_revision``, or the whole document. ``analysed``: what the canvas knows."""

    model_config = ConfigDict(extra="forbid")

    writer: str
    base_revision: int
    revision: int
    analysed: int = -1
    patch: dict[str, JsonValue] | None = None
    document: dict[str, JsonValue] | None = None


def find_stored(request: Request) -> Stored:
    """The project that the address names: as it is saved, or as the preset that a draft begins with."""
    id, preset = request.path_params["project"], request.query_params.get("preset")
    try:
        stored = load_project(id)
        project = load_preset(preset) if stored is None and preset else None
    except (UnreadableProject, LoadError) as problem:
        raise RefusedRequestError(404, str(problem)) from None
    if stored:
        return stored
    if project is None:
        raise RefusedRequestError(404, "This project is not on this computer any more.")
    return Stored(id, project)


def read_project(request: Request) -> Json:
    """The document of a project; without it where the canvas already has this revision."""
    opened = open_projects.open(find_stored(request))
    revision = opened.stored.revision
    if request.query_params.get("have") == str(revision):
        return {"revision": revision}
    return {"revision": revision, "document": opened.document}


def read_analysis(request: Request) -> Json:
    """Shapes and findings of a project as it is saved."""
    stored = find_stored(request)
    return {
        "revision": stored.revision,
        "analysis": open_projects.analyse(stored.id, stored.revision, stored.project).result(),
    }


def save_change(request: Request) -> Json:
    """Save a change and say what follows from it, or why it cannot be saved."""
    stored = find_stored(request)
    try:
        change = Change.model_validate(request.state.body)
        document = change.document
        if document is None:
            document = open_projects.patch(stored, change.patch or {}, change.base_revision)
        saved = open_projects.save(
            stored, document, max(0, change.base_revision), change.revision, change.writer
        ).stored
    except LacksDocumentError:
        return {"revision": stored.revision, "lacks": "document"}
    except ValidationError as error:
        path, phrase = describe_errors(error)[0]
        return {"revision": stored.revision, "refusal": f"This change could not be saved. {path}: {phrase}."}
    except LoadError as error:
        text = f"This change could not be saved. {error} Undo it to go on."
        return {"revision": stored.revision, "refusal": text}
    except NewerRevision as newer:
        return {"revision": newer.stored.revision, "conflict": {"revision": newer.stored.revision}}
    return {"revision": saved.revision, **describe_analysis(saved, change.analysed)}


def describe_analysis(stored: Stored, analysed: int) -> Json:
    """The analysis of what was saved: what is new to a canvas that knows that of revision ``analysed``, else all of it."""
    before = open_projects.find_analysis(stored.id, analysed)
    analysis = open_projects.analyse(stored.id, stored.revision, stored.project).result()
    if before is None:
        return {"analysis": analysis}
    return {"news": find_news(before, analysis), "since": analysed}


class Look(BaseModel):
    """Where to look: a node of a graph, and for a node in a block the Block nodes that lead to it, outermost first."""

    model_config = ConfigDict(extra="forbid")

    graph: str = Field(max_length=200)
    node: str = Field(max_length=80)
    way: tuple[tuple[str, str], ...] = Field((), max_length=50)


def look_at_node(request: Request) -> Json:
    """Run one real batch up to a node and describe what comes out; with trained weights where a run's fit."""
    wait_until_loaded()
    from runtime.insight.describing import describe_tensor
    from runtime.insight.filters import describe_filters
    from runtime.insight.glimpse import glimpse

    stored = find_stored(request)
    try:
        look = Look.model_validate(request.state.body)
    except ValidationError as error:
        path, phrase = describe_errors(error)[0]
        raise RefusedRequestError(400, f"{path}: {phrase}.") from None
    seen = glimpse(stored.project, look.graph, look.node, look.way, find_latest(stored.id))
    outputs = [{"port": port, **describe_tensor(tensor)} for port, tensor in seen.outputs.items()]
    filters = describe_filters(seen.module) if seen.module is not None else None
    return {"outputs": outputs, "samples": seen.samples, "weights": seen.weights, "filters": filters}


def walk_step(request: Request) -> Json:
    """Take one step of training apart on one real batch; with trained weights where a run's fit."""
    wait_until_loaded()
    from runtime.insight.describing import describe_tensor
    from runtime.insight.stepping import walk

    stored = find_stored(request)
    found = walk(stored.project, find_latest(stored.id))
    moments = [
        {
            **{name: value for name, value in vars(moment).items() if name not in ("outputs", "touched")},
            "outputs": [{"port": port, **describe_tensor(tensor)} for port, tensor in moment.outputs.items()],
            "touched": [vars(touched) for touched in moment.touched],
        }
        for moment in found.moments
    ]
    return {"moments": moments, "samples": found.samples, "weights": found.weights}


PROJECT_ROUTES: list[BaseRoute] = [
    Route("/api/projects/{project}", answer_json(read_project)),
    Route("/api/projects/{project}/analysis", answer_json(read_analysis)),
    Route("/api/projects/{project}/changes", answer_json(save_change, MOST_BYTES), methods=["POST"]),
    Route("/api/projects/{project}/glimpse", answer_json(look_at_node, MOST_LOOK_BYTES), methods=["POST"]),
    Route("/api/projects/{project}/step", answer_json(walk_step, MOST_LOOK_BYTES), methods=["POST"]),
]
