"""Routes through which the canvas keeps versions of a project, lists them, opens them and deletes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from builder.loading import MOST_BYTES, LoadError, read_document
from ui.run_routes import RefusedRequestError, answer_json
from ui.versions import (
    MissingVersion,
    Version,
    VersionError,
    discard_version,
    keep_version,
    list_versions,
    load_version,
    recall_version,
)

MOST_SENT: Final = MOST_BYTES + 10_000
Json = dict[str, Any]


def with_sentences(work: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Answer what cannot be done with its sentence."""

    @wraps(work)
    def answer(request: Request) -> Any:
        try:
            return work(request)
        except VersionError as error:
            raise RefusedRequestError(404 if isinstance(error, MissingVersion) else 409, str(error)) from None
        except LoadError as error:
            raise RefusedRequestError(422, str(error)) from None

    return answer


def describe_version(version: Version) -> Json:
    """A version as the screen lists it."""
    return {"id": version.id, "name": version.name, "automatic": version.automatic, "at": version.at}


@with_sentences
def send_list(request: Request) -> list[Json]:
    """The versions of a project, the newest first."""
    return [describe_version(version) for version in list_versions(request.path_params["project"])]


@with_sentences
def take_version(request: Request) -> Json:
    """Keep a document as a version: by hand under a name, or by itself with the reason as its name."""
    body = request.state.body
    name, revision = body.get("name"), body.get("revision")
    if not isinstance(name, str) or not isinstance(body.get("document"), dict):
        raise RefusedRequestError(400, "A version is kept with a name and a document.")
    return describe_version(
        keep_version(
            request.path_params["project"],
            read_document(body["document"]),
            name,
            automatic=body.get("automatic") is True,
            revision=revision if isinstance(revision, int) else 0,
        )
    )


@with_sentences
def send_document(request: Request) -> Json:
    """The document of a version."""
    project = load_version(request.path_params["project"], request.path_params["version"])
    return {"document": project.model_dump(mode="json")}


@with_sentences
def discard(request: Request) -> Json:
    """Move a version to the trash."""
    discard_version(request.path_params["project"], request.path_params["version"])
    return {}


@with_sentences
def recall(request: Request) -> Json:
    """Take a version back from the trash."""
    recall_version(request.path_params["project"], request.path_params["version"])
    return {}


ALL: Final = "/api/projects/{project}/versions"
ONE: Final = ALL + "/{version}"

VERSION_ROUTES: list[BaseRoute] = [
    Route(ALL, answer_json(send_list), methods=["GET"]),
    Route(ALL, answer_json(take_version, MOST_SENT), methods=["POST"]),
    Route(ONE, answer_json(send_document), methods=["GET"]),
    Route(f"{ONE}/discard", answer_json(discard), methods=["POST"]),
    Route(f"{ONE}/recall", answer_json(recall), methods=["POST"]),
]
