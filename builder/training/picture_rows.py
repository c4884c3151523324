"""A preview of pictures that belong together: what went in above what came out."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from builder.kinds import Params, Port
from builder.training.answers import Facts, choose_field
from builder.training.base import Preview
from builder.training.previews import COUNT_HELP, FIELD_HELP, encode_images

GAP = 1 / 14
"""Of a picture's height between two pictures of a column: two pixels at 28."""


class ImageRows(Preview):
    """Pictures above each other, a column a sample: an input and its reconstruction, a sketch and what is made of it.

    Smaller pictures are enlarged to the size of the largest.

    Shapes:
        images: (B, channels, height, width) each, in the order of the links from top to bottom.
    """

    kind = "ImageRows"
    family = "Previews"
    title = "Image rows"
    synonyms = ("reconstruction", "before and after", "compare", "autoencoder", "translation", "pairs")
    shown = ("count",)
    inputs = (Port("images", ranks=(4,), variadic=True, help="Pictures, one link a row."),)

    class Params(Params):
        """How many columns are shown."""

        count: int = Field(8, ge=1, le=64, description=COUNT_HELP)
        image_field: str | None = Field(None, max_length=80, description=FIELD_HELP)

    @classmethod
    def payload(cls, params: Any, facts: Facts, *inputs: Tensor | None) -> dict[str, Any]:
        """An ``image_grid`` whose images are the columns."""
        rows = [tensor.detach().float()[: params.count] for tensor in inputs if tensor is not None]
        meaning = choose_field(facts, params.image_field, "image")
        images = encode_images(pile(rows, find_white(meaning)), meaning)
        return {"type": "image_grid", "images": images, "lines": list_lines(rows)}


def pile(rows: list[Tensor], white: float) -> Tensor:
    """Put pictures of equal count above each other, with a line of white between them."""
    channels, height, width = (max(row.shape[axis] for row in rows) for axis in (1, 2, 3))
    alike = [functional.interpolate(row, (height, width)).expand(-1, channels, -1, -1) for row in rows]
    line = alike[0].new_full((len(alike[0]), channels, measure_line(height), width), white)
    return torch.cat([piece for row in alike for piece in (line, row)][1:], dim=2)


def list_lines(rows: list[Tensor]) -> list[list[int]]:
    """Where the lines between piled pictures begin, and how high they are, so that a screen can leave them empty."""
    height = max(row.shape[2] for row in rows)
    line = measure_line(height)
    return [[height + place * (height + line), line] for place in range(len(rows) - 1)]


def measure_line(height: int) -> int:
    """How high a line is between pictures of this height."""
    return max(1, round(GAP * height))


def find_white(meaning: dict[str, Any]) -> float:
    """A number that is white in a prepared picture, or beyond it, where bytes end."""
    return 255.0 if meaning.get("scaling") == "none" else 100.0
