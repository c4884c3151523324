"""Routes of the queue: which runs wait, in their order, and another place for one of them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from ui.run_routes import GONE, RefusedRequestError, answer_json
from ui.warmup import wait_until_loaded


def list_queue(request: Request) -> list[dict[str, Any]]:
    """The runs that wait and the turn of each."""
    wait_until_loaded()
    from runtime.runs.feed import list_waiting

    return [
        {"id": folder.id, "name": str(folder.read_meta()["name"]), "turn": capitalise(str(turn))}
        for folder, turn in list_waiting()
    ]


def capitalise(sentence: str) -> str:
    """A sentence with its first letter large, and all others as they were: names are among them."""
    return sentence[:1].upper() + sentence[1:]


def move_in_queue(request: Request) -> list[dict[str, Any]]:
    """Give a run another place, and answer with the queue as it is then."""
    wait_until_loaded()
    from runtime.runs.errors import RunNotFound
    from runtime.runs.feed import move

    try:
        move(str(request.state.body.get("run")), request.state.body.get("to"))
    except RunNotFound as missing:
        raise RefusedRequestError(404, GONE) from missing
    return list_queue(request)


QUEUE_ROUTES: list[BaseRoute] = [
    Route("/api/queue", answer_json(list_queue), methods=["GET"]),
    Route("/api/queue", answer_json(move_in_queue), methods=["POST"]),
]
