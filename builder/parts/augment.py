"""Augmentation of images: random flips, crops, shifts and turns of whole batches, on the device they are on."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Augment(nn.Module):
    """Gives every image of a batch a draw of its own while training, and leaves images alone otherwise.

    Draws come from the device's own generator in a fixed order. Flips and crops move pixels and keep their values;
    shifts and turns interpolate. What comes in from outside the image is ``fill``.

    Shapes:
        (B, C, H, W) to (B, C, H, W).

    Args:
        flip: mirror left and right with a probability of one half.
        flip_vertical: mirror top and bottom with a probability of one half.
        crop_padding: pixels added on every side before a random crop of the old size.
        shift: the largest shift along either axis, as a part of the image.
        rotate: the largest turn to either side, in degrees.
        fill: the value outside the image.
    """

    def __init__(
        self,
        flip: bool = False,
        flip_vertical: bool = False,
        crop_padding: int = 0,
        shift: float = 0.0,
        rotate: float = 0.0,
        fill: float = 0.0,
    ) -> None:
        super().__init__()
        self.flip, self.flip_vertical = flip, flip_vertical
        self.crop_padding, self.shift, self.rotate, self.fill = crop_padding, shift, rotate, fill

    def forward(self, image: Tensor) -> Tensor:
        """Change the images, each in its own way."""
        if not self.training:
            return image
        if self.flip:
            image = flip_some(image, axis=3)
        if self.flip_vertical:
            image = flip_some(image, axis=2)
        if self.crop_padding:
            image = crop_padded(image, self.crop_padding, self.fill)
        if self.shift or self.rotate:
            image = move(image, self.shift, self.rotate, self.fill)
        return image


def flip_some(image: Tensor, axis: int) -> Tensor:
    """Mirror each image with a probability of one half."""
    chosen = torch.rand(len(image), 1, 1, 1, device=image.device) < 0.5
    return torch.where(chosen, image.flip(axis), image)


def crop_padded(image: Tensor, padding: int, fill: float) -> Tensor:
    """Pad each image on every side and cut the old size out of it at a random place."""
    batch, _, height, width = image.shape
    padded = F.pad(image, (padding, padding, padding, padding), value=fill)
    top, left = torch.randint(0, 2 * padding + 1, (2, batch, 1), device=image.device)
    rows = top + torch.arange(height, device=image.device)
    columns = left + torch.arange(width, device=image.device)
    samples = torch.arange(batch, device=image.device)[:, None, None]
    # Index the channels last so that one look-up takes whole pixels.
    pixels = padded.permute(0, 2, 3, 1)[samples, rows[:, :, None], columns[:, None, :]]
    # Not contiguous(): it keeps the strides of a single channel, and GroupNorm's backward pass on the CPU crashes on them.
    return pixels.permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)


def move(image: Tensor, shift: float, rotate: float, fill: float) -> Tensor:
    """Turn each image about its middle and shift it, in one interpolation."""
    draws = torch.rand(3, len(image), device=image.device) * 2 - 1
    angle = draws[0] * math.radians(rotate)
    offsets = draws[1:] * shift * 2
    stretch = image.shape[2] / image.shape[3]
    cos, sin = angle.cos(), angle.sin()
    # affine_grid measures both axes from -1 to 1, so a turn of an oblong image needs the ratio of its sides.
    first = torch.stack([cos, -sin * stretch, offsets[0]], dim=1)
    second = torch.stack([sin / stretch, cos, offsets[1]], dim=1)
    grid = F.affine_grid(torch.stack([first, second], dim=1), list(image.shape), align_corners=False)
    moved = F.grid_sample(image - fill, grid.to(image.dtype), align_corners=False)
    return moved + fill
