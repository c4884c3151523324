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

from builder.loading import MOST_BYTES, LoadError, load_project
from runtime.data.errors import DataError
from ui.picture_files import PictureError, read_picture
from ui.projects import create_project
from ui.run_routes import RefusedRequestError, find_folder
from ui.runs.take_home import find_file

LARGEST_FILE: Final = 2 * 2**30
"""A take-home zip, whose weights may be large; it waits on the disk, and only the project in it is read."""
MOST_PACKED: Final = 1_000
"""Files in a take-home zip, which has about ten."""
IN_MEMORY: Final = 8 * 2**20
"""What is sent waits in memory up to this size, then in a temporary file."""
PROJECT: Final = "project.json"


async def send_file(request: Request) -> Response:
    """Answer with a file that was made to be taken home."""
    try:
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
        with SpooledTemporaryFile(IN_MEMORY) as content:
            await receive(request, content)
            id = await run_in_threadpool(store_project, content, request.query_params.get("name", "This file"))
        return JSONResponse({"id": id})
    except (RefusedRequestError, LoadError) as refused:
        return JSONResponse({"error": str(refused)}, getattr(refused, "status", 422))


async def receive(request: Request, content: IO[bytes]) -> None:
    """Keep what is sent, up to the largest size."""
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() and len(announced) < 20 else 0
    if size <= LARGEST_FILE:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST_FILE:
                break
            content.write(piece)
    if size > LARGEST_FILE:
        raise RefusedRequestError(413, "This file is larger than 2 GB. Open the project.json inside it instead.")


def store_project(content: IO[bytes], name: str) -> str:
    """Read the project and save it under a new id. Raises LoadError or RefusedRequestError."""
    text = read_inside(content, name)
    if len(text) > MOST_BYTES:
        raise RefusedRequestError(
            413, f"{name[:100]} holds more than the {MOST_BYTES // 2**20} MB that a project has at most."
        )
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
    return read_packed(content, name) if is_zip else content.read(MOST_BYTES + 1)


def read_packed(content: IO[bytes], name: str) -> bytes:
    """The project inside a take-home zip; nothing else of it is unpacked."""
    from runtime.data.archives import open_archive

    try:
        with open_archive(content, name[:100], MOST_PACKED) as (archive, entries):
            inside = [entry for entry in entries if entry.place.name == PROJECT]
            if not inside:
                raise RefusedRequestError(422, f"{name[:100]} holds no {PROJECT}, so it is no take-home zip.")
            with archive.open(min(inside, key=lambda entry: len(entry.info.filename)).info) as file:
                return file.read(MOST_BYTES + 1)
    except DataError as error:
        raise RefusedRequestError(422, str(error)) from error


TAKE_HOME_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/files/{name}", send_file),
    Route("/api/projects", take_project, methods=["POST"]),
]
