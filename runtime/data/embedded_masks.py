"""Pictures with masks that come with Layerloom: handwritten digits on coloured ground, and which pixels are ink of a digit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from runtime.data.embedded_series import bounded
from runtime.data.tables import Array, Table

Options = Mapping[str, Any]

SOFT = 6
"""The ground changes its colour this many times along a side."""
INK = 0.5
"""From this strength on a pixel is ink: half of what the pen left at most."""


def build_digit_masks(options: Options) -> Table:
    """Two digits each on a ground of changing colour, among boxes in the digits' own colours: colour alone tells nothing."""
    from sklearn.datasets import load_digits

    count, size, seed = (int(options[name]) for name in ("count", "size", "seed"))
    bounded(options, "count")
    if not 32 <= size <= 256:
        raise ValueError(f"size is {size} and must lie between 32 and 256")
    random = np.random.RandomState(seed)
    digits = load_digits().images / 16.0
    drawn = [draw_sample(random, digits, size) for _ in range(count)]
    images, masks = (np.stack(side) for side in zip(*drawn, strict=True))
    return Table({"image": images, "mask": masks}, {"mask": ("ground", "digit")}, "mask")


def draw_sample(random: np.random.RandomState, digits: Array, size: int) -> tuple[Array, Array]:
    """A picture (H, W, 3), and its mask (H, W) of 0 and 255."""
    picture = draw_ground(random, size)
    colours = [random.uniform(150, 255, 3), random.uniform(150, 255, 3)]
    for colour in colours:
        draw_box(random, picture, colour)
    strength = np.zeros((size, size))
    for colour in colours:
        pen = place_digit(random, digits, size)
        picture += pen[..., None] * (colour - picture)
        strength = np.maximum(strength, pen)
    picture += random.normal(0, 6, picture.shape)
    return np.rint(picture.clip(0, 255)).astype(np.uint8), ((strength >= INK) * 255).astype(np.uint8)


def draw_ground(random: np.random.RandomState, size: int) -> Array:
    """A ground of dark colours that change softly."""
    return enlarge(random.uniform(0, 120, (SOFT, SOFT, 3)), size)


def draw_box(random: np.random.RandomState, picture: Array, colour: Array) -> None:
    """A box that is no digit."""
    size = len(picture)
    height, width = random.randint(size // 10, size // 4, 2)
    top, left = random.randint(0, size - height), random.randint(0, size - width)
    picture[top : top + height, left : left + width] = colour


def place_digit(random: np.random.RandomState, digits: Array, size: int) -> Array:
    """One digit, larger and somewhere: how strong its ink is at every pixel, from 0 to 1."""
    side = random.randint(size // 3, size * 3 // 5)
    top, left = random.randint(0, size - side + 1, 2)
    strength = np.zeros((size, size))
    strength[top : top + side, left : left + side] = enlarge(digits[random.randint(len(digits))], side)
    return strength


def enlarge(values: Array, side: int) -> Array:
    """Values (H, W) or (H, W, channels) on a finer grid, softly."""
    from PIL import Image

    planes = values[..., None] if values.ndim == 2 else values
    large = [
        np.asarray(Image.fromarray(plane.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR))
        for plane in planes.transpose(2, 0, 1)
    ]
    return np.stack(large, axis=-1).astype(float).reshape(side, side, *values.shape[2:])
