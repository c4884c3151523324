"""Routes of the run's doctor and the time machine: looks at the networks while they learned, and repairs that are applied."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from builder.edits import EditError, apply_edits
from builder.phrases import describe_errors
from runtime.runs.folder import RunFolder
from ui.projects import NewerRevision, Stored, UnreadableProject, load_project, save_project
from ui.run_routes import RefusedRequestError, answer_json, find_folder
from ui.training.start import read_origin
from ui.versions import VersionError, keep_version
from ui.warmup import wait_until_loaded

Json = dict[str, Any]
MOST_BYTES = 4_000


def list_looks(request: Request) -> list[int]:
    """The steps of which a look was kept, in order."""
    wait_until_loaded()
    from runtime.runs.store import looks

    return looks(find_folder(request))


def read_look(request: Request) -> Json:
    """What the networks looked like in a step, with all histograms."""
    wait_until_loaded()
    from runtime.runs.store import look

    found = look(find_folder(request), request.path_params["step"])
    if found is None:
        raise RefusedRequestError(404, "This look was not kept.")
    return found


class Wish(BaseModel):
    """Which repair, by its title, of which finding is applied."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=300)
    repair: str = Field(max_length=2_000)


def mend(request: Request) -> Json:
    """Apply a repair of the doctor to the project of a run, as one change that a version was kept before."""
    wait_until_loaded()
    folder = find_folder(request)
    try:
        wish = Wish.model_validate(request.state.body)
    except ValidationError as error:
        path, phrase = describe_errors(error)[0]
        raise RefusedRequestError(400, f"{path}: {phrase}.") from None
    repair = find_repair(folder, wish)
    stored = find_origin(folder)
    try:
        project = apply_edits(stored.project, repair["edits"])
    except EditError as error:
        raise RefusedRequestError(
            409, f"The project has changed since this run, so this does not fit it: {error}"
        ) from None
    if project == stored.project:
        return {"project": stored.id, "revision": stored.revision, "title": repair["title"]}
    try:
        keep_version(stored.id, stored.project, f"Before: {repair['title']}", automatic=True, revision=stored.revision)
        saved = save_project(stored.id, project, stored.revision, stored.revision + 1)
    except NewerRevision as newer:
        raise RefusedRequestError(409, f"{newer} Press the button again.") from None
    except VersionError as error:
        raise RefusedRequestError(409, str(error)) from None
    return {"project": saved.id, "revision": saved.revision, "title": repair["title"]}


def find_repair(folder: RunFolder, wish: Wish) -> Json:
    """The repair as the run recorded it."""
    from runtime.runs.store import diagnoses

    found = next((row for row in diagnoses(folder) if row["key"] == wish.key), None)
    for repair in found["finding"]["repairs"] if found else ():
        if repair["title"] == wish.repair:
            return dict(repair)
    raise RefusedRequestError(404, "The doctor does not say this of this run any more.")


def find_origin(folder: RunFolder) -> Stored:
    """The project that a run is of, as it is now."""
    origin = read_origin(folder.path)
    try:
        stored = load_project(origin) if origin else None
    except UnreadableProject as problem:
        raise RefusedRequestError(409, str(problem)) from None
    if stored is None:
        raise RefusedRequestError(
            409, "The project of this run is not on this computer. Open it with Open project, and change it there."
        )
    return stored


LOOK_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/looks", answer_json(list_looks)),
    Route("/api/runs/{run}/looks/{step:int}", answer_json(read_look)),
    Route("/api/runs/{run}/repair", answer_json(mend, MOST_BYTES), methods=["POST"]),
]
