"""Routes through which the screen watches and steers runs, and the plotting library as the Python wheel ships it."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from builder.strict_json import JsonError, parse_json
from runtime.data.errors import DataError
from runtime.runs.errors import RunBusy, RunError, RunNotFound
from runtime.runs.folder import RunFolder, find_run
from ui.charts.matrices import build_confusion_figure
from ui.charts.previews import build_preview_figure
from ui.faults import explain_fault
from ui.warmup import wait_until_loaded

PLOTLY_FILE: Final = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS: Final = f"/api/plotly-{plotly.__version__}.js"
GONE: Final = "There is no run under this address any more. What was deleted lies in the trash."
PATIENCE_SECONDS: Final = 10.0
MOST_BYTES: Final = 1000
"""More than any request to steer a run needs."""
DEEPEST: Final = 120
"""Objects and lists within each other: those of a document and those around it."""
QUICK_BYTES: Final = 50_000
"""What is read in a millisecond; more is read beside the server's loop."""


class RefusedRequestError(Exception):
    """A request that is not answered: its status and the sentence that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def answer_json(work: Callable[[Request], Any], most_bytes: int = MOST_BYTES) -> Callable[[Request], Any]:
    """Make an endpoint of a function that returns JSON: at once on the wire, with sentences for refusals."""

    async def answer(request: Request) -> Response:
        try:
            send_at_once(request)
            if request.method == "POST":
                request.state.body = await read_body(request, most_bytes)
            return JSONResponse(await run_in_threadpool(work, request), headers={"Cache-Control": "no-store"})
        except RefusedRequestError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        except (RunError, DataError) as error:
            return JSONResponse({"error": str(error)}, 409)
        except UnicodeEncodeError:
            reason = "What was sent holds half of a character (a lone surrogate), which no text can hold."
            return JSONResponse({"error": reason}, 400)
        except ClientDisconnect:
            raise
        except Exception as fault:
            return JSONResponse({"error": explain_fault(fault)}, 500)

    return answer


def send_at_once(request: Request) -> None:
    """Let small answers leave at once: without it each waits 40 ms for the last one's acknowledgement."""
    transport = getattr(getattr(request.receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if transport else None
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def read_body(request: Request, most_bytes: int) -> dict[str, Any]:
    """The JSON object that was sent, which is read no further than its limit."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most_bytes:
            raise RefusedRequestError(413, f"This is more than the {most_bytes:,} bytes that are taken here.")
    return await run_in_threadpool(parse_body, content) if len(content) > QUICK_BYTES else parse_body(content)


def parse_body(content: bytearray) -> dict[str, Any]:
    """The JSON object that was sent, read as strictly as a file. Raises RefusedRequestError.

    Halves of characters are let through, and documents that are too deep: who takes a document checks it again, and says
    to the person who typed it what is wrong.
    """
    try:
        body = parse_json(content.decode(), "What was sent", deepest=DEEPEST, is_torn=True)
    except UnicodeDecodeError:
        raise RefusedRequestError(400, "What is sent here has to be a JSON object in UTF-8.") from None
    except JsonError as error:
        raise RefusedRequestError(400, f"What is sent here has to be a JSON object. {error}") from None
    if not isinstance(body, dict):
        raise RefusedRequestError(400, "What is sent here has to be a JSON object.")
    return body


def find_folder(request: Request) -> RunFolder:
    """The folder of the run that the address names."""
    try:
        return find_run(request.path_params["run"])
    except RunNotFound as missing:
        raise RefusedRequestError(404, GONE) from missing


def read_news(request: Request) -> dict[str, Any]:
    """What happened in a run since the cursor, with figures for what is drawn as a plot."""
    wait_until_loaded()
    from runtime.runs.feed import events_since

    folder = find_folder(request)
    news = events_since(folder.id, request.query_params.get("since"))
    return add_figures(news, read_classes(folder))


def add_figures(news: dict[str, Any], classes: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """The news with a figure beside every payload that is drawn as a plot and every table that is a matrix."""
    samples = [{**sample, "figure": build_preview_figure(sample["payload"])} for sample in news["samples"]]
    tables = [{**table, "figure": build_table_figure(table["value"], classes)} for table in news["tables"]]
    return {**news, "samples": samples, "tables": tables}


def build_table_figure(value: Any, classes: tuple[tuple[str, ...], ...]) -> dict[str, Any] | None:
    """The figure of a square table; None for anything else."""
    if not value or not all(isinstance(row, list) and len(row) == len(value) for row in value):
        return None
    names = next((names for names in classes if len(names) == len(value)), None)
    return build_confusion_figure(value, names)


def read_classes(folder: RunFolder) -> tuple[tuple[str, ...], ...]:
    """The names of classes in a run's data, targets first; none where its project cannot be opened."""
    try:
        return _read_classes(folder, (folder.path / "project.json").stat().st_mtime_ns)
    except (RunError, OSError):
        return ()


@lru_cache(64)
def _read_classes(folder: RunFolder, changed: int) -> tuple[tuple[str, ...], ...]:
    """Read them once for every state of the file."""
    found = []
    for source in folder.read_project().data.values():
        targets = {name for name, meaning in source.fields.items() if meaning.role == "target"}
        facts = source.facts.fields if source.facts else {}
        found += [(name not in targets, fact.classes) for name, fact in facts.items() if fact.classes]
    return tuple(names for _, names in sorted(found, key=lambda item: item[0]))


def steer_run(request: Request) -> dict[str, Any]:
    """Pause, stop or resume a run."""
    wait_until_loaded()
    folder, action = find_folder(request), str(request.state.body.get("action"))
    control_patiently(folder.id, action)
    return {"action": action}


def control_patiently(run: str, action: str) -> None:
    """Steer a run; one that has just paused is resumed as soon as its worker is gone. Raises RunError.

    Where somebody else has resumed it meanwhile nothing is waited for: a second click must not act minutes after the first.
    """
    from runtime.runs.feed import control
    from runtime.runs.store import UNFINISHED, read_status

    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return control(run, action)
        except RunBusy:
            if action != "resume" or time.monotonic() > give_up or read_status(find_run(run)) in UNFINISHED:
                raise
        time.sleep(0.05)


def list_active(request: Request) -> list[dict[str, Any]]:
    """The runs that are being trained or wait, wherever they were started, and how far each is."""
    wait_until_loaded()
    from runtime.runs.listing import list_runs
    from runtime.runs.store import UNFINISHED
    from runtime.runs.supervisor import open_supervisor

    runs = list_runs()
    waiting = {folder.id for folder in open_supervisor().queue.waiting()}
    rows = runs[runs["status"].isin(UNFINISHED)].to_dict("records")
    return [describe_active(row, row["id"] in waiting) for row in rows]


def describe_active(row: dict[str, Any], is_waiting: bool) -> dict[str, Any]:
    """One of them."""
    part = float(row["step"] or 0) / float(row["steps"] or 1)
    phase = "waiting" if is_waiting else row["status"]
    return {"id": row["id"], "name": row["name"], "phase": phase, "part": part if math.isfinite(part) else 0.0}


def list_samples(request: Request) -> list[dict[str, Any]]:
    """Which samples a run has kept, without what they show."""
    from runtime.runs.store import samples

    frame = samples(find_folder(request))
    return [{"id": int(row.id), "node": row.node, "step": int(row.step)} for row in frame.itertuples()]


def read_sample(request: Request) -> dict[str, Any]:
    """What one sample shows."""
    from runtime.runs.store import sample

    payload = sample(find_folder(request), request.path_params["sample"])
    if payload is None:
        raise RefusedRequestError(404, "This sample was not kept.")
    return {"payload": payload, "figure": build_preview_figure(payload)}


async def send_plotly(request: Request) -> Response:
    """The plotting library, to be kept forever: its address names its version."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(PLOTLY_FILE, media_type="text/javascript", headers=headers)


RUN_ROUTES: list[BaseRoute] = [
    Route("/api/runs", answer_json(list_active)),
    Route("/api/runs/{run}/events", answer_json(read_news)),
    Route("/api/runs/{run}/control", answer_json(steer_run), methods=["POST"]),
    Route("/api/runs/{run}/samples", answer_json(list_samples)),
    Route("/api/runs/{run}/samples/{sample:int}", answer_json(read_sample)),
    Route(PLOTLY_ADDRESS, send_plotly),
]
