"""Brings what a person draws into the manner of the pictures that a network learned from.

MNIST's digits fill 20 of 28 pixels and stand by their centre of mass; scanned digits fill the whole height. A network that
knows one manner reads the other badly, so the manner is measured from the data and not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

INK = 0.2
"""How far from the background a pixel is that counts as drawn, as a part of the whole range."""
FEWEST = 16


@dataclass(frozen=True)
class Manner:
    """How drawn things lie in the pictures of a data set.

    Attributes:
        extent: the longer side of the drawn part, as a part of the picture's side.
        is_centred_by_mass: whether the centre of mass lies in the middle, rather than the middle of the box.
        is_dark: whether the background is dark.
    """

    extent: float = 0.72
    is_centred_by_mass: bool = True
    is_dark: bool = True


def measure_manner(images: Tensor) -> Manner:
    """Measure the manner of some pictures.

    Shapes:
        images: (N, C, H, W), any scaling; a few hundred are enough.
    """
    grey = images.float().mean(1)
    low, high = grey.amin(), grey.amax()
    levels = (grey - low) / (high - low).clamp(min=1e-6)
    border = torch.cat([levels[:, 0], levels[:, -1], levels[:, :, 0], levels[:, :, -1]], dim=1)
    is_dark = bool(border.median() < 0.5)
    ink = levels if is_dark else 1 - levels
    boxes = [box for picture in ink if (box := find_box(picture)) is not None]
    if len(boxes) < FEWEST:
        return Manner(is_dark=is_dark)
    side = max(images.shape[-2:])
    extents = torch.tensor([max(bottom - top, right - left) / side for top, bottom, left, right in boxes])
    return Manner(float(extents.median()), is_nearer_by_mass(ink, boxes), is_dark)


def is_nearer_by_mass(ink: Tensor, boxes: list[tuple[int, int, int, int]]) -> bool:
    """Whether centres of mass lie nearer to the middle than the middles of the boxes."""
    middle = torch.tensor([(ink.shape[-2] - 1) / 2, (ink.shape[-1] - 1) / 2])
    by_mass = torch.stack([find_centre(picture) for picture in ink if find_box(picture) is not None])
    by_box = torch.tensor([((top + bottom - 1) / 2, (left + right - 1) / 2) for top, bottom, left, right in boxes])
    return bool((by_mass - middle).norm(dim=1).mean() < (by_box - middle).norm(dim=1).mean())


def find_box(ink: Tensor) -> tuple[int, int, int, int] | None:
    """Top, bottom, left and right of what is drawn; None for an empty picture."""
    rows = (ink > INK).any(1).nonzero().flatten()
    columns = (ink > INK).any(0).nonzero().flatten()
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def find_centre(ink: Tensor) -> Tensor:
    """The centre of mass, row first."""
    mass = ink.sum().clamp(min=1e-6)
    rows = torch.arange(ink.shape[0], dtype=torch.float32)
    columns = torch.arange(ink.shape[1], dtype=torch.float32)
    return torch.stack([(ink.sum(1) * rows).sum() / mass, (ink.sum(0) * columns).sum() / mass])


def fit_drawing(drawing: Image.Image, manner: Manner, size: tuple[int, int]) -> Image.Image | None:
    """Bring a drawing, light on dark, into a manner.

    Args:
        drawing: of any size.
        manner: how things lie in the data.
        size: height and width of the data's pictures.

    Returns:
        A picture of that size in grey; None where nothing is drawn.
    """
    ink = to_tensor(drawing)
    box = find_box(ink)
    if box is None:
        return None
    top, bottom, left, right = box
    scale = manner.extent * max(size) / max(bottom - top, right - left)
    height, width = (max(1, round(length * scale)) for length in (bottom - top, right - left))
    part = drawing.convert("L").crop((left, top, right, bottom)).resize((width, height), Image.Resampling.BOX)
    centre = find_centre(to_tensor(part)) if manner.is_centred_by_mass else torch.tensor([height - 1, width - 1]) / 2
    corner = [round((side - 1) / 2 - float(middle)) for side, middle in zip(size, centre, strict=True)]
    picture = Image.new("L", (size[1], size[0]), 0)
    picture.paste(part, (corner[1], corner[0]))
    return picture if manner.is_dark else picture.point(lambda level: 255 - level)


def to_tensor(picture: Image.Image) -> Tensor:
    """Grey levels from 0 to 1."""
    grey = picture.convert("L")
    levels = torch.frombuffer(bytearray(grey.tobytes()), dtype=torch.uint8)
    return levels.reshape(grey.height, grey.width).float() / 255
