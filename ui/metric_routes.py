"""Routes for what other programs read of a run: its numbers, its event files for TensorBoard, and its report."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder
from ui.run_routes import RefusedRequestError, find_folder
from ui.warmup import wait_until_loaded

Write = Callable[[RunFolder, Path], None]


def write_csv(folder: RunFolder, file: Path) -> None:
    """Every point as CSV."""
    from runtime.export import metrics

    metrics.write_csv([folder], file)


def write_parquet(folder: RunFolder, file: Path) -> None:
    """Every point as Parquet."""
    from runtime.export import metrics

    metrics.write_parquet([folder], file)


def write_tensorboard(folder: RunFolder, file: Path) -> None:
    """Event files in a zip."""
    from runtime.export import tensorboard

    tensorboard.write_archive(folder, file)


def write_report(folder: RunFolder, file: Path) -> None:
    """The report as HTML."""
    from ui.report.page import write_report

    write_report(folder, file)


WRITERS: Final[Mapping[str, Write]] = {
    "metrics.csv": write_csv,
    "metrics.parquet": write_parquet,
    "tensorboard.zip": write_tensorboard,
    "report.html": write_report,
}


async def send_measured(request: Request) -> Response:
    """Answer with a file that is made of what the run has recorded until now."""
    try:
        folder = find_folder(request)
        name = request.path_params["name"]
        write = WRITERS.get(name)
        if write is None:
            raise RefusedRequestError(404, f"There is no such file of a run. There are {', '.join(WRITERS)}.")
        file = await run_in_threadpool(make_file, name, partial(write, folder))
    except RefusedRequestError as refused:
        return JSONResponse({"error": str(refused)}, refused.status)
    except (RunError, sqlite3.Error, OSError) as error:
        return JSONResponse({"error": f"This file could not be made: {error}"}, 409)
    headers = {"Cache-Control": "no-store"}
    return FileResponse(
        file, filename=f"{folder.id}-{name}", headers=headers, background=BackgroundTask(remove_file, file)
    )


def make_file(name: str, write: Callable[[Path], None]) -> Path:
    """Make the file in a folder of its own, which goes when it has been sent, or could not be made."""
    wait_until_loaded()
    file = Path(mkdtemp(prefix="layerloom-")) / name
    try:
        write(file)
    except BaseException:
        remove_file(file)
        raise
    return file


def remove_file(file: Path) -> None:
    """Remove a file and the folder that was made for it."""
    shutil.rmtree(file.parent, ignore_errors=True)


def name_address(run: str, name: str) -> str:
    """Where a file of a run is had."""
    return f"/api/runs/{quote(run)}/measured/{name}"


METRIC_ROUTES: list[BaseRoute] = [Route("/api/runs/{run}/measured/{name}", send_measured)]
