"""Routes of the Code tab: the source of a network with the lines of each node, and graphs from source that is pasted."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from builder.document import NETWORKS, TRAINING, Graph, Project
from builder.loading import MOST_BYTES, LoadError, read_document
from builder.phrases import describe_errors, name_graph
from builder.repetitions import blocks_in
from ui.run_routes import RefusedRequestError, answer_json
from ui.warmup import wait_until_loaded

Json = dict[str, Any]
T = TypeVar("T", bound=BaseModel)
MOST_SOURCE_BYTES: Final = 2 * 2**20
"""What a paste may hold on the wire; how much of it is read the importer says itself, in words."""


class Pasted(BaseModel):
    """Source to import; ``name`` says which class is meant, ``taken`` are the names that the project's networks have."""

    model_config = ConfigDict(extra="forbid")

    source: str
    name: str | None = Field(None, max_length=200)
    taken: tuple[str, ...] = Field((), max_length=1000)


class Asked(BaseModel):
    """A project as the canvas holds it, and the path of the graph whose code is looked at."""

    model_config = ConfigDict(extra="forbid")

    document: dict[str, JsonValue]
    path: str


def import_networks(request: Request) -> Json:
    """The networks that pasted source comes to, the edits that add them as one step, and a remark for each odd line."""
    pasted = read_request(Pasted, request)
    wait_until_loaded()
    from builder.importer import ImportRefused, import_source

    try:
        imported = import_source(pasted.source, pasted.name or None)
    except ImportRefused as error:
        raise RefusedRequestError(422, str(error)) from None
    around = Project(networks={name: Graph() for name in pasted.taken})
    return {
        "networks": {name: graph.model_dump(mode="json") for name, graph in imported.networks.items()},
        "main": imported.main,
        "remarks": [{"line": remark.line, "text": remark.text, "level": remark.level} for remark in imported.notes],
        "edits": imported.list_edits(around),
    }


def print_code(request: Request) -> Json:
    """``model.py`` with the first and last lines of each node's pieces, by the path of its graph and its id."""
    asked = read_request(Asked, request)
    wait_until_loaded()
    from builder.codegen import print_model
    from builder.planner import PlanError
    from builder.shape_flow import infer

    try:
        project = read_document(asked.document)
    except LoadError as error:
        raise RefusedRequestError(400, str(error)) from None
    if asked.path not in project.graph_paths():
        raise RefusedRequestError(404, f"There is no {name_graph(asked.path)} in this project.")
    try:
        source = print_model(project, infer(project), choose_networks(project, asked.path))
    except PlanError as error:
        raise RefusedRequestError(409, f"{error} The code is shown as soon as that is mended.") from None
    return {"source": source.text, "lines": source.places}


def choose_networks(project: Project, path: str) -> list[str] | None:
    """The networks to print: those that training calls, or the one that is looked at where it is none of them."""
    from builder.codegen.model_source import used_networks

    used = used_networks(project)
    if path == TRAINING or path.removeprefix(NETWORKS) in with_blocks(project, used):
        return None
    return [path.removeprefix(NETWORKS)]


def with_blocks(project: Project, names: list[str]) -> set[str]:
    """These networks and all that they use as blocks."""
    found: set[str] = set()
    waiting = [name for name in names if name in project.networks]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += blocks_in(project.networks[name].nodes) & project.networks.keys()
    return found


def read_request(wanted: type[T], request: Request) -> T:
    """What was sent, checked."""
    try:
        return wanted.model_validate(request.state.body)
    except ValidationError as error:
        path, phrase = describe_errors(error)[0]
        raise RefusedRequestError(400, f'What was sent cannot be read. "{path}" {phrase}.') from None


CODE_ROUTES: list[BaseRoute] = [
    Route("/api/import", answer_json(import_networks, MOST_SOURCE_BYTES), methods=["POST"]),
    Route("/api/code", answer_json(print_code, MOST_BYTES), methods=["POST"]),
]
