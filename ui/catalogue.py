"""The catalogue of all kinds of nodes, as the canvas draws and adds them.

To describe them takes torch, which takes seconds to load. So what was described is kept for the next start of the server, by a
fingerprint of the code that it follows from: a drawing shows at once, and its shapes follow when torch is there.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import builder
from runtime.data.home import find_home
from runtime.runs.files import write_bytes
from ui.warmup import wait_until_loaded

FILE = "catalogue.json"
FOLLOWS_FROM = ("torch", "pydantic")


@cache
def read_catalogue() -> tuple[str, bytes]:
    """Every kind of node as the screen needs it, in JSON, and a tag that changes with it."""
    body = read_kept() or keep(describe_kinds())
    return hashlib.sha256(body).hexdigest()[:16], body


def describe_kinds() -> bytes:
    """Describe them anew. Waits for torch."""
    wait_until_loaded()
    from builder.layers import CATALOGUE
    from builder.training import TRAINING_CATALOGUE

    catalogue = {
        "network": [kind.describe() for kind in CATALOGUE.values()],
        "training": [kind.describe() for kind in TRAINING_CATALOGUE.values()],
    }
    return json.dumps(catalogue, separators=(",", ":")).encode()


def read_kept() -> bytes | None:
    """What was kept for this code; None where nothing was, or not all of it."""
    with suppress(OSError):
        head, _, body = (find_home() / FILE).read_bytes().partition(b"\n")
        if head == write_head(body):
            return body
    return None


def keep(body: bytes) -> bytes:
    """Keep it for the next start, where the disk takes it."""
    with suppress(OSError):
        find_home().mkdir(parents=True, exist_ok=True)
        write_bytes(find_home() / FILE, write_head(body) + b"\n" + body)
    return body


def write_head(body: bytes) -> bytes:
    """The first line of the file: what the catalogue follows from, and a digest of it, which tells a file that was cut."""
    return f"{read_fingerprint()} {hashlib.sha256(body).hexdigest()}".encode()


@cache
def read_fingerprint() -> str:
    """A digest of all code of the builder, and of the versions that its descriptions depend on."""
    digest = hashlib.sha256(" ".join(map(version, FOLLOWS_FROM)).encode())
    folder = Path(builder.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


async def send_catalogue(request: Request) -> Response:
    """Answer with the catalogue."""
    tag, body = await run_in_threadpool(read_catalogue)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


CATALOGUE_ROUTES: list[BaseRoute] = [Route("/api/catalogue", send_catalogue)]
