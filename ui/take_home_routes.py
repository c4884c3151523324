"""Routes for what goes out and comes in: the files of a run, and projects that are dropped on the gallery."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from builder.loading import LoadError, load_project
from runtime.data.errors import DataError
from ui.picture_files import PictureError, read_picture
from ui.projects import create_project
from ui.run_routes import RefusedRequestError, find_folder, refuse_strangers
from ui.runs.take_home import find_file

LARGEST_FILE: Final = 2 * 2**30
LARGEST_PROJECT: Final = 32 * 2**20
IN_MEMORY: Final = 8 * 2**20
PROJECT: Final = "project.json"


async def send_file(request: Request) -> Response:
    """Answer with a file that was made to be taken home."""
    try:
        refuse_strangers(request)
        file = await run_in_threadpool(locate_file, request)
    except RefusedRequestError as refused:
        return JSONResponse({"error": str(refused)}, refused.status)
    return FileResponse(file, filename=file.name, headers={"Cache-Control": "no-store"})


def locate_file(request: Request) -> Path:
    """The file that the address names, which is one of those that were made."""
    file = find_file(find_folder(request), request.path_params["name"])
    if file is None:
        raise RefusedRequestError(404, "This file has not been made. Press Take home on the run's page.")
    return file


async def take_project(request: Request) -> Response:
    """Make a project of a project file, a picture with a project inside, or a take-home zip."""
    try:
        refuse_strangers(request)
        with SpooledTemporaryFile(IN_MEMORY) as content:
            await receive(request, content)
            id = await run_in_threadpool(store_project, content, request.query_params.get("name", "This file"))
        return JSONResponse({"id": id})
    except (RefusedRequestError, LoadError) as refused:
        return JSONResponse({"error": str(refused)}, getattr(refused, "status", 422))


async def receive(request: Request, content: IO[bytes]) -> None:
    """Keep what is sent, up to the largest size."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > LARGEST_FILE:
            raise RefusedRequestError(413, "This file is larger than 2 GB. Open the project.json inside it instead.")
        content.write(piece)


def store_project(content: IO[bytes], name: str) -> str:
    """Read the project and save it under a new id. Raises LoadError or RefusedRequestError."""
    text = read_inside(content, name)
    if len(text) > LARGEST_PROJECT:
        raise RefusedRequestError(413, f"{name[:100]} is too large for a project.")
    return create_project(load_project(text)).id


def read_inside(content: IO[bytes], name: str) -> bytes:
    """The project's file: inside a picture, inside a zip, or the content itself. Raises RefusedRequestError."""
    try:
        inside = read_picture(content)
    except PictureError as error:
        raise RefusedRequestError(422, f"{name[:100]} {error}") from None
    if inside is not None:
        return inside
    content.seek(0)
    is_zip = zipfile.is_zipfile(content)
    content.seek(0)
    return read_packed(content, name) if is_zip else content.read(LARGEST_PROJECT + 1)


def read_packed(content: IO[bytes], name: str) -> bytes:
    """The project inside a take-home zip; nothing else of it is unpacked."""
    from runtime.data.uploads import check_archive, check_place

    try:
        with zipfile.ZipFile(content) as archive:
            inside = [
                info for info in check_archive(archive, name[:100]) if info.filename.rsplit("/", 1)[-1] == PROJECT
            ]
            if not inside:
                raise RefusedRequestError(422, f"{name[:100]} holds no {PROJECT}, so it is no take-home zip.")
            project = min(inside, key=lambda info: len(info.filename))
            check_place(project, name[:100])
            with archive.open(project) as file:
                return file.read(LARGEST_PROJECT + 1)
    except DataError as error:
        raise RefusedRequestError(422, str(error)) from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise RefusedRequestError(422, f"{name[:100]} cannot be unpacked: the archive is damaged.") from error


TAKE_HOME_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/files/{name}", send_file),
    Route("/api/projects", take_project, methods=["POST"]),
]
