"""Routes of Try it: what a run's network asks for, a sample of its data, and the answer to an input of one's own."""

from __future__ import annotations

import base64
import binascii
import io
import random
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from runtime.data.errors import DataError
from runtime.runs.folder import RunFolder, find_run
from ui.run_routes import RefusedRequestError, answer_json, find_folder
from ui.warmup import wait_until_loaded

if TYPE_CHECKING:
    from runtime.data.prepare import PreparedSource
    from runtime.insight.drawing import Manner

MEASURED: Final = 400
"""How many pictures tell how drawings lie in a data set."""
MOST_BYTES: Final = 24_000_000


def describe_question(request: Request) -> dict[str, Any]:
    """What a person fills in, and what the answer is about."""
    wait_until_loaded()
    from runtime.insight.trying import describe_inputs, question_of

    folder = find_folder(request)
    project = folder.read_project()
    source = question_of(project).source
    inputs = [describe_input(asked, *find_range(folder.id, source, asked)) for asked in describe_inputs(project)]
    return {"inputs": inputs}


def describe_input(asked: Any, low: list[float], high: list[float]) -> dict[str, Any]:
    """One input for the form."""
    how = asked.preparation
    return {
        "field": asked.field,
        "kind": how.kind,
        "shape": list(how.shape),
        "columns": list(how.columns),
        "classes": list(how.classes),
        "low": low,
        "high": high,
        "mean": [] if how.kind == "image" else list(asked.mean),
    }


def find_range(run: str, source: str, asked: Any) -> tuple[list[float], list[float]]:
    """The lowest and highest value of each column of what was learned from; nothing for pictures."""
    how = asked.preparation
    if how.kind not in ("vector", "number"):
        return [], []
    try:
        values = how.restore(open_source(run, source).parts["train"][asked.field].double())
    except (DataError, KeyError):
        return list(asked.low), list(asked.high)
    columns = values.reshape(len(values), -1)
    return columns.amin(0).tolist(), columns.amax(0).tolist()


def answer_question(request: Request) -> dict[str, Any]:
    """What the network says to an input."""
    wait_until_loaded()
    from runtime.insight.trying import ask, question_of

    folder, body = find_folder(request), request.state.body
    values, inputs = body.get("values"), question_of(folder.read_project()).inputs
    if not isinstance(values, dict) or set(values) != set(inputs):
        raise RefusedRequestError(400, f"To answer, the network needs: {', '.join(inputs)}.")
    fitted = {name: read_value(folder, name, value) for name, value in values.items()}
    if any(value is None for value in fitted.values()):
        raise RefusedRequestError(400, "There is nothing drawn yet.")
    sample = fitted if len(fitted) > 1 else next(iter(fitted.values()))
    answer = ask(folder, sample, body.get("checkpoint") or None)
    seen = {name: write_picture(value) for name, value in fitted.items() if hasattr(value, "save")}
    return {**asdict(answer), "seen": seen}


def read_value(folder: RunFolder, field: str, value: Any) -> Any:
    """A raw value as it was sent: numbers and names as they are, pictures decoded, drawings brought into the data's manner."""
    if not isinstance(value, dict) or not ({"drawing", "picture"} & value.keys()):
        return value
    from builder.parts.preparation import open_image
    from runtime.insight.drawing import fit_drawing

    is_drawing = "drawing" in value
    try:
        picture = open_image(base64.b64decode(value["drawing" if is_drawing else "picture"], validate=True))
        if not is_drawing:
            return picture
        manner, size = find_manner(folder.id, field)
        return fit_drawing(picture, manner, size)
    except (binascii.Error, ValueError, TypeError) as error:
        raise RefusedRequestError(400, f"This picture cannot be read. {error}") from error


def send_example(request: Request) -> dict[str, Any]:
    """A sample that the network has not learned from, with its truth."""
    wait_until_loaded()
    from runtime.insight.trying import question_of

    folder = find_folder(request)
    question = question_of(folder.read_project())
    source = open_source(folder.id, question.source)
    part = next(part for part in ("test", "validation", "train") if part in source.parts)
    index = random.randrange(len(next(iter(source.parts[part].values()))))  # noqa: S311 - which sample is shown is no secret
    raw = source.raw(part, index)
    values = {
        name: {"picture": write_picture(raw[name])} if hasattr(raw[name], "save") else raw[name]
        for name in question.inputs
    }
    return {"values": values, "truth": raw.get(question.target), "part": part}


@lru_cache(8)
def find_manner(run: str, field: str) -> tuple[Manner, tuple[int, int]]:
    """How things lie in the pictures that a run learned from, and their size."""
    from runtime.insight.drawing import measure_manner
    from runtime.insight.trying import question_of

    source = open_source(run, question_of(find_run(run).read_project()).source)
    images = source.parts["train"][field]
    return measure_manner(images[:MEASURED]), (int(images.shape[-2]), int(images.shape[-1]))


@lru_cache(4)
def open_source(run: str, name: str) -> PreparedSource:
    """A source of a run, which its training has prepared before."""
    from runtime.data.prepare import prepare_source

    return prepare_source(find_run(run).read_project().data[name])


def write_picture(picture: Any) -> str:
    """A picture as PNG in base64."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


TRY_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/question", answer_json(describe_question)),
    Route("/api/runs/{run}/example", answer_json(send_example)),
    Route("/api/runs/{run}/ask", answer_json(answer_question, MOST_BYTES), methods=["POST"]),
]
