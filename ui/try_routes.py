"""Routes of Try it: what a run's network asks for, a sample of its data, and the answer to an input of one's own."""

from __future__ import annotations

import base64
import binascii
import io
import random
from dataclasses import asdict, replace
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
    from runtime.insight.masks import Masked

MEASURED: Final = 400
"""How many pictures tell how drawings lie in a data set."""
MOST_BYTES: Final = 24_000_000
PNG_MODES: Final = ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16")


def describe_question(request: Request) -> dict[str, Any]:
    """What a person fills in, and what the answer is about."""
    wait_until_loaded()
    from builder.answering import preparations
    from runtime.insight.explaining import choose_method
    from runtime.insight.mistakes import chooses_class
    from runtime.insight.ranking import can_rank
    from runtime.insight.trying import describe_inputs, question_of

    folder = find_folder(request)
    project = folder.read_project()
    question = question_of(project)
    source = question.source
    inputs = [describe_input(asked, *find_range(folder.id, source, asked)) for asked in describe_inputs(project)]
    for asked in inputs:
        asked["open"] = can_rank(question.meaning, question.fields, asked["kind"])
    kinds = {asked["field"]: asked["kind"] for asked in inputs}
    return {
        "inputs": inputs,
        "meaning": question.meaning,
        "explained": choose_method(kinds, question.meaning, project),
        "chooses": chooses_class(question.meaning, preparations(project, source)[question.target]),
    }


def describe_input(asked: Any, low: list[float], high: list[float]) -> dict[str, Any]:
    """One input for the form."""
    how = asked.preparation
    return {
        "field": asked.field,
        "kind": how.kind,
        "shape": list(how.shape),
        "steps": how.steps or 0,
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
    columns = values.reshape(-1, len(how.columns) or 1)
    return columns.amin(0).tolist(), columns.amax(0).tolist()


def answer_question(request: Request) -> dict[str, Any]:
    """What the network says to an input."""
    wait_until_loaded()
    from runtime.insight.trying import ask, describe_inputs

    folder, body = find_folder(request), request.state.body
    fitted = read_values(folder, body)
    kinds = {item.field: item.preparation.kind for item in describe_inputs(folder.read_project())}
    absent = [name for name, value in fitted.items() if value is None]
    if len(absent) == 1 and kinds[absent[0]] == "category":
        return rank_values(folder, fitted, absent[0], read_checkpoint(body))
    if absent:
        raise RefusedRequestError(400, "There is nothing drawn yet.")
    sample = fitted if len(fitted) > 1 else next(iter(fitted.values()))
    truth = body.get("truth")
    answer = ask(folder, sample, read_checkpoint(body), truth and read_picture(folder, "truth", truth))
    seen = {name: write_picture(value) for name, value in fitted.items() if hasattr(value, "save")}
    made = write_picture(answer.picture) if answer.picture else None
    told = asdict(replace(answer, picture=None, mask=None))
    return {**told, "picture": made, "mask": answer.mask and write_mask(answer.mask), "seen": seen}


def write_mask(found: Masked) -> dict[str, Any]:
    """A mask for the screen, its pictures as PNG in base64."""
    pictures = {"mask": found.mask, "overlay": found.overlay, "truth": found.truth}
    written = {name: picture and write_picture(picture) for name, picture in pictures.items()}
    return {**written, "classes": [asdict(one) for one in found.classes], "overlap": found.overlap}


def read_values(folder: RunFolder, body: dict[str, Any]) -> dict[str, Any]:
    """What was sent for each input of a run's network; None for what was left open."""
    from runtime.insight.trying import describe_inputs

    values = body.get("values")
    kinds = {item.field: item.preparation.kind for item in describe_inputs(folder.read_project())}
    if not isinstance(values, dict) or set(values) != set(kinds):
        raise RefusedRequestError(400, f"To answer, the network needs: {', '.join(kinds)}.")
    return {
        name: read_picture(folder, name, values[name]) if kinds[name] == "image" else values[name] for name in kinds
    }


def write_on(request: Request) -> dict[str, Any]:
    """How a run's language model goes on from a text."""
    wait_until_loaded()
    from runtime.insight.trying import write

    body = request.state.body
    options = {name: body[name] for name in ("length", "temperature", "top_k", "seed") if name in body}
    answer = write(find_folder(request), body.get("prompt"), options, read_checkpoint(body))
    return {"text": answer.label, "step": answer.step}


def rank_values(folder: RunFolder, values: dict[str, Any], field: str, checkpoint: str | None) -> dict[str, Any]:
    """The values of a category that was left open of which the network says most; those that it learned from are left out."""
    from runtime.insight.ranking import rank

    given = {name: value for name, value in values.items() if name != field}
    return asdict(rank(folder, given, field, checkpoint, find_known(folder, given, field)))


def find_known(folder: RunFolder, given: dict[str, Any], field: str) -> set[str]:
    """The values of a category that stand beside these others in what was learned from; none where others are no categories."""
    from runtime.insight.trying import describe_inputs, question_of

    project = folder.read_project()
    classes = {asked.field: asked.preparation.classes for asked in describe_inputs(project)}
    try:
        train = open_source(folder.id, question_of(project).source).parts["train"]
    except DataError:
        return set()
    if not all(given[name] in classes[name] for name in given):
        return set()
    rows = [train[name] == classes[name].index(given[name]) for name in given]
    same = rows[0].clone()
    for row in rows[1:]:
        same &= row
    return {classes[field][number] for number in train[field][same].tolist()}


def read_checkpoint(body: dict[str, Any]) -> str | None:
    """The name of the checkpoint that is asked; None for the best or newest one."""
    name = body.get("checkpoint") or None
    if name is not None and not isinstance(name, str):
        raise RefusedRequestError(400, "A checkpoint is asked for by its name.")
    return name


def read_picture(folder: RunFolder, field: str, value: Any) -> Any:
    """The picture that was sent, a drawing brought into the data's manner; None for an empty board.

    A picture comes as its content. Anything else is refused: a text would be opened as the path of a file.
    """
    from builder.parts.preparation import open_image
    from runtime.insight.drawing import fit_drawing

    how, content = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else ("", None)
    if how not in ("drawing", "picture") or not isinstance(content, str):
        raise RefusedRequestError(400, f'"{field}" takes a picture: {{"picture": …}} or {{"drawing": …}} in base64.')
    try:
        picture = open_image(base64.b64decode(content, validate=True))
        picture.load()
    except (binascii.Error, ValueError, OSError, SyntaxError) as error:
        raise RefusedRequestError(400, f"This picture cannot be read. {error}") from error
    return picture if how == "picture" else fit_drawing(picture, *find_manner(folder.id, field))


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
    told = {name: {"picture": write_picture(value)} if hasattr(value, "save") else value for name, value in raw.items()}
    values = {name: told[name] for name in question.fields}
    return {"values": values, "truth": told.get(question.target), "part": part}


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
    """A picture as PNG in base64; what PNG does not know (print colours, real numbers) becomes RGB."""
    buffer = io.BytesIO()
    (picture if picture.mode in PNG_MODES else picture.convert("RGB")).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


TRY_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/question", answer_json(describe_question)),
    Route("/api/runs/{run}/example", answer_json(send_example)),
    Route("/api/runs/{run}/write", answer_json(write_on, MOST_BYTES), methods=["POST"]),
    Route("/api/runs/{run}/ask", answer_json(answer_question, MOST_BYTES), methods=["POST"]),
]
