"""Routes through which the canvas looks into runs: which a project has, how each went, and the graph that it trained."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from runtime.runs.folder import RunFolder, list_folders
from ui.canvas.analysing import analyse_for_canvas
from ui.projects import UnreadableProject, find_file
from ui.run_routes import PLOTLY_ADDRESS, RefusedRequestError, answer_json, find_folder
from ui.training.start import RECENT, read_origin
from ui.warmup import wait_until_loaded

MOST_RUNS: Final = 60
SHOWN: Final = ("id", "name", "status", "step", "steps", "created")

Json = dict[str, Any]


def list_own(request: Request) -> list[Json]:
    """The latest runs of a project, the newest first."""
    wait_until_loaded()
    from runtime.runs.listing import read_row

    project = request.path_params["project"]
    try:
        find_file(project)
    except UnreadableProject as problem:
        raise RefusedRequestError(404, str(problem)) from None
    own = [folder for folder in list_folders()[:RECENT] if read_origin(folder.path) == project]
    rows = (read_row(folder) for folder in own[:MOST_RUNS])
    return [{name: row[name] for name in SHOWN} for row in rows if row is not None]


def send_film(request: Request) -> Json:
    """What a run is and was, with the looks that are new since the number of one."""
    wait_until_loaded()
    from runtime.runs.film import read_film

    seen = request.query_params.get("since", "0")
    if not seen.isdecimal() or len(seen) > 15:
        raise RefusedRequestError(400, "The number of the last look that was seen has to be a whole number.")
    folder = find_folder(request)
    return {**read_film(folder, int(seen)), "name": folder.read_meta().get("name"), "plotly": PLOTLY_ADDRESS}


def send_spreads(request: Request) -> list[Json]:
    """The histograms of one node over the whole run."""
    wait_until_loaded()
    from runtime.runs.film import read_spreads

    query = request.query_params
    return read_spreads(find_folder(request), query.get("network", ""), query.get("name", ""))


def send_analysis(request: Request) -> Json:
    """Shapes and findings of what a run trained."""
    return {"analysis": _analyse(find_folder(request))}


@lru_cache(16)
def _analyse(folder: RunFolder) -> Json:
    """Analyse it once: a run never changes its project."""
    return analyse_for_canvas(folder.read_project())


FILM_ROUTES: list[BaseRoute] = [
    Route("/api/projects/{project}/runs", answer_json(list_own)),
    Route("/api/runs/{run}/film", answer_json(send_film)),
    Route("/api/runs/{run}/spreads", answer_json(send_spreads)),
    Route("/api/runs/{run}/analysis", answer_json(send_analysis)),
]
