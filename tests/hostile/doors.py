"""Every way in which a file of a person comes in. Each takes a file and says the sentence of its refusal, or what it took."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from builder.block_files import read_block
from builder.loading import LoadError
from runtime.data.building import build_source
from runtime.data.errors import DataError
from runtime.data.intake import guess_uses
from runtime.data.prepare import prepare_source
from runtime.data.sources import locate_origin
from runtime.data.uploads import receive_upload
from runtime.weights.given import WeightsRefused, read_weights
from ui.doors.guard import Guard
from ui.doors.policy import Policy
from ui.routes import ROUTES
from ui.run_routes import RefusedRequestError
from ui.try_routes import read_picture

PROJECT = "ownproject"


@dataclass(frozen=True)
class Answer:
    """What a door said: the sentence of a refusal, or what it took in."""

    refusal: str | None = None
    taken: Any = None


client = TestClient(
    Starlette(routes=ROUTES, middleware=[Middleware(Guard, policy=Policy())]), base_url="http://127.0.0.1:8501"
)


def read_answer(answer: Any) -> Answer:
    """The answer of a route. A fault of ours is none: it raises."""
    assert answer.status_code < 500, answer.text[:500]
    body = answer.json()
    refusal = body.get("error") or body.get("refusal")
    assert refusal or answer.status_code == 200
    return Answer(refusal, body)


def open_project(file: Path) -> Answer:
    """A file that is dropped on the gallery; what is taken is analysed, and its code printed."""
    answer = read_answer(client.post("/api/projects", params={"name": file.name}, content=file.read_bytes()))
    if answer.refusal:
        return answer
    id = answer.taken["id"]
    seen = client.get(f"/api/projects/{id}/analysis").json()
    document = client.get(f"/api/projects/{id}").json()["document"]
    path = f"networks.{next(iter(document['networks']), '')}"
    code = client.post("/api/code", json={"document": document, "path": path})
    assert code.status_code < 500, code.text[:500]
    return Answer(None, {"analysis": seen, "document": document, "code": code.json()})


def keep_block(file: Path) -> Answer:
    """A block that is kept in the library."""
    return read_answer(client.post("/api/blocks", content=file.read_bytes()))


def open_block(file: Path) -> Answer:
    """A block's file that lies in the library."""
    try:
        return Answer(None, read_block(file.read_bytes()).name)
    except LoadError as error:
        return Answer(str(error))


def upload_data(file: Path) -> Answer:
    """A file that is uploaded on the data page, read, guessed at and prepared."""
    try:
        with file.open("rb") as content:
            origin = receive_upload(file.name, content)
        table = locate_origin(origin).open()["train"]
        source = build_source(origin, guess_uses(table), table)
        return Answer(None, prepare_source(source).facts.model_dump(mode="json"))
    except DataError as error:
        return Answer(str(error))


def give_weights(file: Path) -> Answer:
    """A file of weights to start from."""
    try:
        return Answer(None, sorted(read_weights(file)))
    except WeightsRefused as error:
        return Answer(str(error))


def import_code(file: Path) -> Answer:
    """Source that is pasted."""
    source = file.read_bytes()[:3_000_000].decode("utf-8", "surrogateescape")
    return read_answer(client.post("/api/import", content=json.dumps({"source": source}).encode()))


def change_project(file: Path) -> Answer:
    """The document of a change, as the canvas sends it."""
    start = b'{"writer": "x", "base_revision": 1000000, "revision": 1, "document": '
    address = f"/api/projects/{PROJECT}/changes?preset=linear_regression"
    return read_answer(client.post(address, content=start + file.read_bytes() + b"}"))


def keep_version(file: Path) -> Answer:
    """The document of a version, as the canvas sends it."""
    content = b'{"name": "x", "document": ' + file.read_bytes() + b"}"
    return read_answer(client.post(f"/api/projects/{PROJECT}/versions", content=content))


def show_code(file: Path) -> Answer:
    """The document whose code is asked for."""
    content = b'{"path": "networks.model", "document": ' + file.read_bytes() + b"}"
    return read_answer(client.post("/api/code", content=content))


def steer_run(file: Path) -> Answer:
    """The body of a request that steers a run."""
    return read_answer(client.post("/api/runs/20260101-000000-none-0000/control", content=file.read_bytes()))


def try_picture(file: Path) -> Answer:
    """A picture that a trained network is asked about."""
    try:
        content = base64.b64encode(file.read_bytes()[:24_000_000]).decode()
        picture = read_picture(None, "image", {"picture": content})  # type: ignore[arg-type]
        return Answer(None, list(picture.size))
    except RefusedRequestError as error:
        return Answer(str(error))


DOORS: dict[str, Callable[[Path], Answer]] = {
    "open_project": open_project,
    "keep_block": keep_block,
    "open_block": open_block,
    "upload_data": upload_data,
    "give_weights": give_weights,
    "import_code": import_code,
    "change_project": change_project,
    "keep_version": keep_version,
    "show_code": show_code,
    "steer_run": steer_run,
    "try_picture": try_picture,
}


def dump(answer: Answer) -> str:
    """What was taken, as text that can be searched."""
    return json.dumps(answer.taken, default=str)
