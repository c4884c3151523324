"""Augmentation of images: random changes of place, colour and content of whole batches, on the device they are on."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Pair = tuple[Tensor, Tensor | None]
"""Images, and their masks where there are any."""


class Augment(nn.Module):
    """Gives every image of a batch a draw of its own while training, and leaves images alone otherwise.

    Draws come from the device's own generator in a fixed order. Flips and crops move pixels and keep their values;
    shifts and turns interpolate. What comes in from outside the image is ``fill``. Nothing is cut off at the ends of the
    range, since images may have been scaled in any way.

    Shapes:
        (B, C, H, W) to (B, C, H, W).

    Args:
        flip: mirror left and right with a probability of one half.
        flip_vertical: mirror top and bottom with a probability of one half.
        crop_padding: pixels added on every side before a random crop of the old size.
        shift: the largest shift along either axis, as a part of the image.
        rotate: the largest turn to either side, in degrees.
        fill: the value outside the image.
        brightness: the largest number that is added to all pixels or taken from them.
        contrast: the largest part by which pixels move away from their mean or towards it.
        saturation: the largest part by which colours move away from grey or towards it.
        noise: the deviation of the noise on every pixel.
        erase: the side of a square that is blanked out, as a part of the image.
        random: how many changes are drawn for each image out of all of these kinds, beside those above.
        strength: how large those are, from 0 to 1.

    Reference:
        Cubuk et al. 2020, RandAugment; DeVries and Taylor 2017, Improved Regularization with Cutout.
    """

    def __init__(
        self,
        flip: bool = False,
        flip_vertical: bool = False,
        crop_padding: int = 0,
        shift: float = 0.0,
        rotate: float = 0.0,
        fill: float = 0.0,
        brightness: float = 0.0,
        contrast: float = 0.0,
        saturation: float = 0.0,
        noise: float = 0.0,
        erase: float = 0.0,
        random: int = 0,
        strength: float = 0.3,
    ) -> None:
        super().__init__()
        self.flip, self.flip_vertical = flip, flip_vertical
        self.crop_padding, self.shift, self.rotate, self.fill = crop_padding, shift, rotate, fill
        self.brightness, self.contrast, self.saturation = brightness, contrast, saturation
        self.noise, self.erase, self.random, self.strength = noise, erase, random, strength

    def forward(self, image: Tensor) -> Tensor:
        """Change the images, each in its own way."""
        return self.change(image, None)[0] if self.training else image

    def change(self, image: Tensor, mask: Tensor | None) -> Pair:
        """Change the images, and where there are masks (B, C, H, W) what is moved in them by the same draws."""
        if self.flip:
            image, mask = flip_some(image, mask, axis=3)
        if self.flip_vertical:
            image, mask = flip_some(image, mask, axis=2)
        if self.crop_padding:
            image, mask = crop_padded(image, mask, self.crop_padding, self.fill)
        if self.shift or self.rotate:
            image, mask = move(image, mask, self.shift, self.rotate, self.fill)
        if self.brightness or self.contrast or self.saturation:
            image = recolour(image, self.brightness, self.contrast, self.saturation)
        for _ in range(self.random):
            image, mask = change_somehow(image, mask, self.strength, self.fill)
        if self.noise:
            image = image + self.noise * torch.randn_like(image)
        if self.erase:
            image, mask = blank_out(image, mask, self.erase, self.fill)
        return image, mask


class AugmentMasks(Augment):
    """Changes images as ``Augment`` does, and moves their masks along by the same draws.

    A mask keeps its values: nothing is interpolated, colours and noise leave it alone. What comes in from outside the
    image, and what is blanked out, is ``mask_fill`` there.

    Shapes:
        image (B, C, H, W), mask (B, H, W) or (B, 1, H, W); gives both in these shapes.

    Args:
        mask_fill: the number of the class outside the image, 0 for the ground.
        changes: those of ``Augment``.
    """

    def __init__(self, mask_fill: int = 0, **changes: Any) -> None:
        super().__init__(**changes)
        self.mask_fill = mask_fill

    def forward(self, image: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:  # type: ignore[override]
        """Change the images, each in its own way, and its mask with it."""
        if not self.training:
            return image, mask
        # What comes in is 0, so that for as long as the mask is moved the class outside has to be 0.
        changed, moved = self.change(image, mask.reshape(len(mask), -1, *mask.shape[-2:]) - self.mask_fill)
        assert moved is not None
        return changed, moved.reshape(mask.shape) + self.mask_fill


def flip_some(image: Tensor, mask: Tensor | None, axis: int) -> Pair:
    """Mirror each image with a probability of one half."""
    chosen = torch.rand(len(image), 1, 1, 1, device=image.device) < 0.5
    image = torch.where(chosen, image.flip(axis), image)
    return image, None if mask is None else torch.where(chosen, mask.flip(axis), mask)


def crop_padded(image: Tensor, mask: Tensor | None, padding: int, fill: float) -> Pair:
    """Pad each image on every side and cut the old size out of it at a random place."""
    top, left = torch.randint(0, 2 * padding + 1, (2, len(image), 1), device=image.device)
    image = cut_out(image, padding, fill, top, left)
    return image, None if mask is None else cut_out(mask, padding, 0.0, top, left)


def cut_out(image: Tensor, padding: int, fill: float, top: Tensor, left: Tensor) -> Tensor:
    """Pad images and cut their old size out of each at its own place."""
    batch, _, height, width = image.shape
    padded = F.pad(image, (padding, padding, padding, padding), value=fill)
    rows = top + torch.arange(height, device=image.device)
    columns = left + torch.arange(width, device=image.device)
    samples = torch.arange(batch, device=image.device)[:, None, None]
    # Index the channels last so that one look-up takes whole pixels.
    pixels = padded.permute(0, 2, 3, 1)[samples, rows[:, :, None], columns[:, None, :]]
    # Not contiguous(): it keeps the strides of a single channel, and GroupNorm's backward pass on the CPU crashes on them.
    return pixels.permute(0, 3, 1, 2).clone(memory_format=torch.contiguous_format)


def move(image: Tensor, mask: Tensor | None, shift: float, rotate: float, fill: float) -> Pair:
    """Turn each image about its middle and shift it, in one interpolation; a mask takes the nearest pixel."""
    draws = torch.rand(3, len(image), device=image.device) * 2 - 1
    angle = draws[0] * math.radians(rotate)
    offsets = draws[1:] * shift * 2
    stretch = image.shape[2] / image.shape[3]
    cos, sin = angle.cos(), angle.sin()
    # affine_grid measures both axes from -1 to 1, so a turn of an oblong image needs the ratio of its sides.
    first = torch.stack([cos, -sin * stretch, offsets[0]], dim=1)
    second = torch.stack([sin / stretch, cos, offsets[1]], dim=1)
    grid = F.affine_grid(torch.stack([first, second], dim=1), list(image.shape), align_corners=False)
    moved = F.grid_sample(image - fill, grid.to(image.dtype), align_corners=False) + fill
    if mask is None:
        return moved, None
    nearest = F.grid_sample(mask.to(grid.dtype), grid, mode="nearest", align_corners=False)
    return moved, nearest.to(mask.dtype)


def recolour(image: Tensor, brightness: float, contrast: float, saturation: float) -> Tensor:
    """Make each image darker or brighter, with less or more contrast and colour."""
    draws = torch.rand(3, len(image), 1, 1, 1, device=image.device, dtype=image.dtype) * 2 - 1
    mean = image.mean((1, 2, 3), keepdim=True)
    image = mean + (image - mean) * (1 + draws[1] * contrast)
    grey = image.mean(1, keepdim=True)
    return grey + (image - grey) * (1 + draws[2] * saturation) + draws[0] * brightness


def blank_out(image: Tensor, mask: Tensor | None, side: float, fill: float) -> Pair:
    """Blank out a square somewhere in each image; it may reach beyond the edge. A mask is ground there."""
    batch, _, height, width = image.shape
    middle = torch.rand(2, batch, 1, device=image.device)
    rows = (torch.arange(height, device=image.device) + 0.5) / height
    columns = (torch.arange(width, device=image.device) + 0.5) / width
    inside = [(places - at).abs() * 2 < side for places, at in zip((rows, columns), middle, strict=True)]
    square = (inside[0][:, :, None] & inside[1][:, None, :])[:, None]
    return image.masked_fill(square, fill), None if mask is None else mask.masked_fill(square, 0)


def change_somehow(image: Tensor, mask: Tensor | None, strength: float, fill: float) -> Pair:
    """Change each image in one of eight ways, of which one is not to change it."""
    ways: tuple[Pair, ...] = (
        flip_some(image, mask, axis=3),
        move(image, mask, 0.5 * strength, 0.0, fill),
        move(image, mask, 0.0, 45.0 * strength, fill),
        (recolour(image, strength, 0.0, 0.0), mask),
        (recolour(image, 0.0, strength, 0.0), mask),
        (recolour(image, 0.0, 0.0, strength), mask),
        blank_out(image, mask, 0.5 * strength, fill),
    )
    chosen = torch.randint(0, len(ways) + 1, (len(image), 1, 1, 1), device=image.device)
    for number, (changed, moved) in enumerate(ways, 1):
        image = torch.where(chosen == number, changed, image)
        mask = None if mask is None or moved is None else torch.where(chosen == number, moved, mask)
    return image, mask
