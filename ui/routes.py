"""Our own HTTP routes, beside Streamlit's: the compiled front end, the catalogue, and what runs tell."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ui.assets import STATIC
from ui.block_routes import BLOCK_ROUTES
from ui.catalogue import CATALOGUE_ROUTES
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

FOREVER = "public, max-age=31536000, immutable"


class HashedFiles(StaticFiles):
    """Files whose names change with their contents, so that a browser need never ask for them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, to be kept forever."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOREVER
        return response


ROUTES: list[BaseRoute] = [
    Mount("/assets", HashedFiles(directory=STATIC, check_dir=False)),
    *CATALOGUE_ROUTES,
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
