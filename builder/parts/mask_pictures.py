"""From what a network says about the pixels of a picture to a mask: the class of each, in colour over the picture.

Needs torch, and Pillow for what is drawn.
"""

from __future__ import annotations

import colorsys
from typing import Any

import torch
from torch import Tensor

from builder.parts.preparation import IGNORED

HUE, TURN = 11 / 12, 0.618034
"""The hue of class 1, seldom that of a thing, and how far the next lies on: the golden section keeps all of them apart."""
COVER = 0.6
"""How much of the picture a colour hides."""
YES_OR_NO = ("logit", "probability")
GROUND = "ground"
"""What pixels are of that belong to nothing."""
NO_CLASS = 224, 224, 208
"""The colour of pixels that are of no class, which no class has: those are strong."""


def choose_colour(number: int) -> tuple[int, int, int]:
    """The colour of a class in red, green and blue; class 0, the ground, is black and never laid over a picture."""
    if number in (0, IGNORED):
        return NO_CLASS if number else (0, 0, 0)
    red, green, blue = colorsys.hsv_to_rgb((HUE + (number - 1) * TURN) % 1, 0.8, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def write_colour(colour: tuple[int, int, int]) -> str:
    """A colour as ``#rrggbb``."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def find_mask(scores: Tensor, meaning: str) -> Tensor:
    """The number of the class of every pixel (H, W).

    Args:
        scores: what the network says about one picture: (1, H, W) for yes or no, or (classes, H, W).
        meaning: ``logit`` or ``probability`` of one score, ``logits`` or ``log_probabilities`` of several.
    """
    scores = scores.detach().cpu()
    if meaning in YES_OR_NO:
        return (scores.reshape(scores.shape[-2:]) > (0 if meaning == "logit" else 0.5)).long()
    return scores.argmax(0)


def measure_shares(mask: Tensor, classes: tuple[str, ...]) -> dict[str, float]:
    """The share of the pixels that each class has."""
    counts = torch.bincount(mask.flatten(), minlength=len(classes)).tolist()
    return {name: count / mask.numel() for name, count in zip(classes, counts, strict=True)}


def draw_mask(mask: Tensor, size: tuple[int, int] | None = None) -> Any:
    """A palette picture whose pixels are the numbers of the classes, brought to a size (width, height) without mixing any."""
    from PIL import Image

    height, width = mask.shape
    picture = Image.frombytes("P", (width, height), bytes(mask.to(torch.uint8).flatten().tolist()))
    picture.putpalette([level for number in range(256) for level in choose_colour(number)])
    return picture if size in (None, picture.size) else picture.resize(size, Image.Resampling.NEAREST)


def lay_mask_over(picture: Any, mask: Any) -> Any:
    """A picture with the classes of a mask of its size in colour; the ground stays as it is."""
    from PIL import Image

    numbers = Image.frombytes("L", mask.size, mask.tobytes())
    return Image.composite(mask.convert("RGB"), picture.convert("RGB"), numbers.point([0] + [round(255 * COVER)] * 255))


def answer_mask(scores: Tensor, meaning: str, classes: tuple[str, ...], picture: Any) -> dict[str, Any]:
    """The answer to a picture.

    Returns:
        ``mask``, a palette picture of the size of the one that was asked about; ``overlay``, both in one; ``shares``, how
        much of the picture each class has.
    """
    found = find_mask(scores, meaning)
    mask = draw_mask(found, picture.size)
    return {"mask": mask, "overlay": lay_mask_over(picture, mask), "shares": measure_shares(found, classes)}
