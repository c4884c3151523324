"""Routes of Explain: what a run's network sees in a picture, what it is most wrong about, and where samples lie for it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from runtime.runs.folder import RunFolder
from ui.charts.latents import build_sample_map
from ui.run_routes import RefusedRequestError, answer_json, find_folder
from ui.try_routes import MOST_BYTES, open_source, read_checkpoint, read_values
from ui.warmup import wait_until_loaded

if TYPE_CHECKING:
    from torch import Tensor

    from builder.answering import Question
    from builder.parts.preparation import Preparation
    from runtime.data.prepare import PreparedSource
    from runtime.insight.explaining import Explanation
    from runtime.insight.mistakes import Mistakes

MOST_LETTERS: Final = 300
MOST_SIDE: Final = 96
"""Of a picture that is shown small, in pixels."""
STRONGEST: Final = 0.995
"""The share of places that are not fully coloured: single pixels would leave all others pale."""
Json = dict[str, Any]


def explain_sample(request: Request) -> Json:
    """How much each place of a picture speaks for a class."""
    wait_until_loaded()
    from runtime.insight.explaining import explain

    folder, body = find_folder(request), request.state.body
    wish = {name: read_word(body, name) for name in ("method", "label", "node")}
    sample = read_sample(folder, body)
    found = explain(folder, sample, str(wish["method"]), wish["label"], wish["node"], read_checkpoint(body))
    return write_explanation(found)


def read_word(body: Json, name: str) -> str | None:
    """One word of what was sent; None where it is left open."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise RefusedRequestError(400, f'"{name}" is told by its name.')
    return value


def read_sample(folder: RunFolder, body: Json) -> Any:
    """What is explained: an input of one's own, or a sample of the data by its part and number."""
    chosen = body.get("sample")
    if chosen is None:
        values = read_values(folder, body)
        if any(value is None for value in values.values()):
            raise RefusedRequestError(400, "There is nothing drawn yet.")
    else:
        values = find_sample(folder, chosen)
    return values if len(values) > 1 else next(iter(values.values()))


def find_sample(folder: RunFolder, chosen: Any) -> Json:
    """A sample of the data, by field."""
    from runtime.insight.trying import question_of

    question = question_of(folder.read_project())
    source = open_source(folder.id, question.source)
    part, index = (chosen.get("part"), chosen.get("index")) if isinstance(chosen, dict) else (None, None)
    size = len(source.parts[part][question.target]) if isinstance(part, str) and part in source.parts else 0
    if type(index) is not int or not 0 <= index < size:
        raise RefusedRequestError(400, f"There is no such sample. The data has the parts {', '.join(source.parts)}.")
    raw = source.raw(str(part), index)
    return {name: raw[name] for name in question.fields}


def write_explanation(found: Explanation) -> Json:
    """An explanation for the page: the heat in bytes from -127 to 127, the picture in bytes."""
    import torch

    sizes = found.heat.abs().flatten()
    most = float(torch.quantile(sizes, STRONGEST)) or float(sizes.max()) or 1.0
    heat = (found.heat / most).clamp(-1, 1).mul(127).round().to(torch.int8)
    told = {
        name: getattr(found, name)
        for name in ("method", "label", "predicted", "names", "confidences", "node", "shows", "hides", "step")
    }
    maps = [{"key": one.key, "title": f"{one.title}, {one.size[0]} × {one.size[1]}"} for one in found.maps]
    return {**told, "maps": maps, "heat": encode(heat), "picture": encode_pictures([found.pixels])}


def encode(values: Tensor) -> str:
    """Bytes in base64."""
    return base64.b64encode(values.contiguous().numpy().tobytes()).decode("ascii")


def encode_pictures(pictures: list[Tensor]) -> Json:
    """Pictures (C, H, W) of one size as a page draws them."""
    import torch

    stacked = torch.stack(pictures).permute(0, 2, 3, 1)
    return {"data": encode(stacked), "shape": list(stacked.shape)}


def list_mistakes(request: Request) -> Json:
    """The samples that a network is most wrong about, as a preview shows samples."""
    wait_until_loaded()
    from runtime.insight.mistakes import find_mistakes
    from runtime.insight.trying import describe_inputs, question_of

    folder = find_folder(request)
    project = folder.read_project()
    question = question_of(project)
    source = open_source(folder.id, question.source)
    if question.meaning == "mask":
        return list_misfits(folder, source, question, read_checkpoint(request.state.body))
    found = find_mistakes(folder, source, read_checkpoint(request.state.body))
    samples = [source.raw(found.part, one.index) for one in found.worst]
    known = {asked.field: asked.preparation for asked in describe_inputs(project)}
    about = {name: value for name, value in asdict(found).items() if name not in ("worst", "checkpoint")}
    indices = [one.index for one in found.worst]
    return {**about, "indices": indices, "payload": show_mistakes(question, known, found, samples)}


def list_misfits(folder: RunFolder, source: PreparedSource, question: Question, checkpoint: str | None) -> Json:
    """The samples whose masks fit worst, as the preview of masks shows samples, each with its overlap."""
    import torch

    from builder.answering import name_pixels, preparations
    from builder.training.masks import draw_rows
    from runtime.insight.misfits import find_misfits

    found = find_misfits(folder, source, checkpoint)
    known = preparations(folder.read_project(), question.source)
    how, names = known[question.picture], name_pixels(question, known[question.target])
    raw = [source.raw(found.part, one.index)[question.picture] for one in found.worst]
    pictures = (torch.stack([shrink(picture, how) for picture in raw]) / 255).expand(-1, 3, -1, -1)
    masks = [torch.stack([getattr(one, side) for one in found.worst]) for side in ("found", "true")]
    drawn = draw_rows(pictures, [resize(mask, pictures.shape[-2:]) for mask in masks], names)
    told = {name: getattr(found, name) for name in ("part", "samples", "size", "overlap", "step")}
    payload = {**drawn, "captions": [f"IoU {one.overlap:.2f}" for one in found.worst]}
    told["ignored"] = [names[number] for number in question.ignored if number < len(names)]
    return {**told, "indices": [one.index for one in found.worst], "payload": payload}


def resize(masks: Tensor, size: Sequence[int]) -> Tensor:
    """Masks (B, H, W) in another size, without mixing classes."""
    from torch.nn.functional import interpolate

    return interpolate(masks[:, None].double(), tuple(size), mode="nearest")[:, 0].long()


def show_mistakes(question: Question, known: dict[str, Preparation], found: Mistakes, samples: list[Json]) -> Json:
    """Pictures, texts or rows with what they are taken for, as one of the payloads of ``builder/training/previews.py``."""
    answers: Json = {
        "truth": [one.truth for one in found.worst],
        "predicted": [one.predicted for one in found.worst],
        "confidence": [one.confidence for one in found.worst],
        "wrong": [one.truth != one.predicted for one in found.worst],
    }
    for field in question.fields:
        if known[field].kind == "image":
            pictures = [shrink(sample[field], known[field]) for sample in samples]
            return {"type": "image_grid", "images": encode_pictures(pictures), **answers}
    if len(question.fields) == 1 and known[question.fields[0]].kind == "text":
        texts = [[write_text(sample[question.fields[0]])] for sample in samples]
        return {"type": "texts", "texts": texts, "gap": "", **answers}
    return show_rows(question, found, samples, answers["wrong"])


def show_rows(question: Question, found: Mistakes, samples: list[Json], wrong: list[bool]) -> Json:
    """Rows of a table, with what they are taken for in front."""
    rows = [flatten(question, sample) for sample in samples]
    cells = [
        [one.predicted, one.truth, f"{one.confidence:.1%}", *row.values()]
        for one, row in zip(found.worst, rows, strict=True)
    ]
    columns = ["predicted", "true", "sure", *(rows[0] if rows else ())]
    return {"type": "table", "columns": columns, "rows": cells, "predicted": 0, "truth": 1, "wrong": wrong}


def flatten(question: Question, sample: Json) -> Json:
    """The cells of a sample by their names."""
    cells: Json = {}
    for name in question.fields:
        value = sample[name]
        cells |= value if isinstance(value, dict) else {name: write_text(value) if isinstance(value, list) else value}
    return cells


def shrink(picture: Any, how: Preparation) -> Tensor:
    """Bytes (C, H, W) of a picture as the network sees it, or smaller."""
    from builder.parts.preparation import read_pixels

    channels, height, width = (int(size) for size in how.shape)
    scale = min(1.0, MOST_SIDE / max(height, width))
    return read_pixels(picture, (channels, max(1, round(height * scale)), max(1, round(width * scale))))


def write_text(value: Any) -> str:
    """The beginning of a text; of a stretch of rows how many there are."""
    if isinstance(value, list) and not all(isinstance(word, str) for word in value):
        return f"{len(value)} rows"
    text = " ".join(value) if isinstance(value, list) else str(value)
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"


def map_samples(request: Request) -> Json:
    """Where samples lie before the head of a network, as a figure."""
    wait_until_loaded()
    from runtime.insight.embedding import embed
    from runtime.insight.trying import question_of

    folder = find_folder(request)
    source = open_source(folder.id, question_of(folder.read_project()).source)
    found = embed(folder, source, read_checkpoint(request.state.body))
    count = len(found.labels)
    return {
        "figure": build_sample_map(found.points.tolist(), found.labels, found.classes, found.shares),
        "step": found.step,
        "told": (
            f"{count:,} {found.part} samples where the last layer reads them: the {found.width:,} numbers that "
            f"{found.node} gives, along the two directions in which they differ most. Of all their variance "
            f"{sum(found.shares):.0%} is seen; samples that lie apart in other directions fall together here."
        ),
    }


EXPLAIN_ROUTES: list[BaseRoute] = [
    Route("/api/runs/{run}/explain", answer_json(explain_sample, MOST_BYTES), methods=["POST"]),
    Route("/api/runs/{run}/map", answer_json(map_samples), methods=["POST"]),
    Route("/api/runs/{run}/mistakes", answer_json(list_mistakes), methods=["POST"]),
]
