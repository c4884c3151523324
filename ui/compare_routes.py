"""Routes for runs beside each other: what is new of their curves, means over seeds, their projects, and a table of it all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runtime.runs.errors import RunError, RunNotFound
from runtime.runs.folder import RunFolder, find_run
from ui.metric_routes import make_file, remove_file
from ui.run_routes import GONE, RefusedRequestError, answer_json, find_folder
from ui.warmup import wait_until_loaded

SPLITS: Final = ("train", "validation", "test")
MOST_SENT: Final = 300_000
"""Twenty runs' names and cursors take no more."""
NUMBERS: Final = "/api/compare/metrics.csv"
FILE: Final = "comparison.csv"

Json = dict[str, Any]


def send_curves(request: Request) -> Json:
    """For each run of ``runs`` (id and cursor) what its curves of a ``split`` gained. All share the points of one answer."""
    wait_until_loaded()
    from runtime.runs.compared import curves_since
    from runtime.runs.store import POINTS_A_REFRESH

    runs, split = request.state.body.get("runs"), read_split(request)
    if not isinstance(runs, dict) or not all(isinstance(cursor, str) for cursor in runs.values()):
        raise RefusedRequestError(400, "Curves are asked for with the ids of runs, each with its cursor.")
    check_count(len(runs))
    share = POINTS_A_REFRESH // max(1, len(runs))
    return {run: answer_or_tell(partial(curves_since, run, split, cursor, share)) for run, cursor in runs.items()}


def send_bands(request: Request) -> Json:
    """For each group of ``groups`` (its runs) the mean and the interval of every curve of a ``split``."""
    wait_until_loaded()
    from runtime.runs.compared import bands_of
    from runtime.runs.store import POINTS_A_REFRESH

    groups, split = request.state.body.get("groups"), read_split(request)
    if not isinstance(groups, dict) or not all(is_list_of_ids(runs) for runs in groups.values()):
        raise RefusedRequestError(400, "Means are asked for with groups, each with the ids of its runs.")
    check_count(sum(map(len, groups.values())))
    share = POINTS_A_REFRESH // max(1, 2 * len(groups))
    return {name: answer_or_tell(partial(bands_of, runs, split, share)) for name, runs in groups.items()}


def answer_or_tell(work: Callable[[], Json]) -> Json:
    """What comes of it, or the sentence that says why nothing does: one run must not hide the others."""
    try:
        return work()
    except RunError as error:
        return {"error": str(error)}


def read_split(request: Request) -> str:
    """The part of the data that is asked about."""
    split = request.state.body.get("split")
    if split not in SPLITS:
        raise RefusedRequestError(400, f"Curves are of one of {', '.join(SPLITS)}.")
    return str(split)


def is_list_of_ids(value: object) -> bool:
    """Whether it can be a list of runs."""
    return isinstance(value, list) and all(isinstance(run, str) for run in value)


def check_count(count: int) -> None:
    """Refuse more runs than are compared at once."""
    from runtime.runs.compared import MOST

    if count > MOST:
        raise RefusedRequestError(413, f"Up to {MOST} runs are compared at once, not {count}.")


def send_project(request: Request) -> Json:
    """The project of a run, as it was when the run began."""
    wait_until_loaded()
    return {"document": find_folder(request).read_project().model_dump(mode="json")}


async def send_numbers(request: Request) -> Response:
    """Answer with every point of the runs that the address names, as CSV."""
    try:
        ids = [run for run in request.query_params.get("runs", "").split(",") if run]
        check_count(len(ids))
        folders = [find_run(run) for run in ids]
        file = await run_in_threadpool(make_file, FILE, partial(write_numbers, folders))
    except RefusedRequestError as refused:
        return JSONResponse({"error": str(refused)}, refused.status)
    except RunNotFound:
        return JSONResponse({"error": GONE}, 404)
    except (RunError, sqlite3.Error, OSError) as error:
        return JSONResponse({"error": f"This file could not be made: {error}"}, 409)
    headers, done = {"Cache-Control": "no-store"}, BackgroundTask(remove_file, file)
    return FileResponse(file, filename=FILE, headers=headers, background=done)


def write_numbers(folders: list[RunFolder], file: Path) -> None:
    """Write every point of some runs."""
    from runtime.export.metrics import write_csv

    write_csv(folders, file)


COMPARE_ROUTES: list[BaseRoute] = [
    Route("/api/compare/curves", answer_json(send_curves, MOST_SENT), methods=["POST"]),
    Route("/api/compare/bands", answer_json(send_bands, MOST_SENT), methods=["POST"]),
    Route(NUMBERS, send_numbers),
    Route("/api/runs/{run}/project", answer_json(send_project)),
]
