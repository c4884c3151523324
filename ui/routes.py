"""Our own HTTP routes, beside Streamlit's: the compiled front end, the catalogue, and what runs tell."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ui.assets import STATIC
from ui.block_routes import BLOCK_ROUTES
from ui.code_routes import CODE_ROUTES
from ui.compare_routes import COMPARE_ROUTES
from ui.explain_routes import EXPLAIN_ROUTES
from ui.film_routes import FILM_ROUTES
from ui.latent_routes import LATENT_ROUTES
from ui.look_routes import LOOK_ROUTES
from ui.metric_routes import METRIC_ROUTES
from ui.page_routes import PAGE_ROUTES
from ui.project_routes import PROJECT_ROUTES
from ui.queue_routes import QUEUE_ROUTES
from ui.run_routes import RUN_ROUTES
from ui.take_home_routes import TAKE_HOME_ROUTES
from ui.try_routes import TRY_ROUTES
from ui.version_routes import VERSION_ROUTES
from ui.warmup import wait_until_loaded

FOREVER = "public, max-age=31536000, immutable"


class HashedFiles(StaticFiles):
    """Files whose names change with their contents, so that a browser need never ask for them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, to be kept forever."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOREVER
        return response


@cache
def read_catalogue() -> tuple[str, bytes]:
    """Return every kind of node as the screen needs it, in JSON, and a tag that changes with it."""
    wait_until_loaded()
    from builder.layers import CATALOGUE
    from builder.training import TRAINING_CATALOGUE

    catalogue = {
        "network": [kind.describe() for kind in CATALOGUE.values()],
        "training": [kind.describe() for kind in TRAINING_CATALOGUE.values()],
    }
    body = json.dumps(catalogue, separators=(",", ":")).encode()
    return hashlib.sha256(body).hexdigest()[:16], body


async def send_catalogue(request: Request) -> Response:
    """Answer with the catalogue."""
    tag, body = await run_in_threadpool(read_catalogue)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == f'"{tag}"':
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


ROUTES: list[BaseRoute] = [
    Mount("/assets", HashedFiles(directory=STATIC, check_dir=False)),
    Route("/api/catalogue", send_catalogue),
    *PAGE_ROUTES,
    *PROJECT_ROUTES,
    *RUN_ROUTES,
    *QUEUE_ROUTES,
    *LOOK_ROUTES,
    *LATENT_ROUTES,
    *FILM_ROUTES,
    *METRIC_ROUTES,
    *COMPARE_ROUTES,
    *TRY_ROUTES,
    *EXPLAIN_ROUTES,
    *TAKE_HOME_ROUTES,
    *VERSION_ROUTES,
    *BLOCK_ROUTES,
    *CODE_ROUTES,
]
