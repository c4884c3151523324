"""What a tensor looks like, as data for a screen: its numbers in short, how they are spread, and pictures of it."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

Json = dict[str, Any]
BINS = 32
MOST_PICTURES = 16
MOST_ROWS, MOST_COLUMNS = 8, 12
LARGEST_SIDE = 256


def describe_tensor(tensor: Tensor) -> Json:
    """Describe a tensor whose first axis is the batch.

    Returns:
        ``shape``, ``dtype``; ``numbers`` (least, most, mean, deviation, the share of zeros, how many are not finite);
        ``histogram`` (low, high, counts); ``pictures`` as data addresses; and for small values ``rows`` of numbers.
    """
    values = tensor.detach().to("cpu")
    described: Json = {"shape": list(values.shape), "dtype": str(values.dtype).removeprefix("torch.")}
    if values.numel() == 0:
        return described
    numbers = values.double()
    finite = numbers[torch.isfinite(numbers)]
    return described | {
        "numbers": summarise(numbers, finite),
        "histogram": count(finite),
        "pictures": draw(numbers),
        "rows": read_rows(numbers),
    }


def summarise(numbers: Tensor, finite: Tensor) -> Json:
    """The numbers in short."""
    if finite.numel() == 0:
        return {"faulty": numbers.numel()}
    return {
        "least": float(finite.min()),
        "most": float(finite.max()),
        "mean": float(finite.mean()),
        "deviation": float(finite.std(correction=0)),
        "zeros": float((finite == 0).double().mean()),
        "faulty": numbers.numel() - finite.numel(),
    }


def count(finite: Tensor) -> Json | None:
    """How the values are spread over equal steps; None where all are the same."""
    if finite.numel() == 0 or bool(finite.min() == finite.max()):
        return None
    counts, edges = np.histogram(finite.numpy(), bins=BINS)
    return {"low": float(edges[0]), "high": float(edges[-1]), "counts": counts.tolist()}


def draw(numbers: Tensor) -> list[str]:
    """Pictures: of (B, C, H, W) the samples where C is 1 or 3, else the channels of the first; of (B, T, D) the first."""
    if numbers.dim() == 4 and numbers.shape[1] in (1, 3):
        return [encode(sample) for sample in numbers[:MOST_PICTURES]]
    if numbers.dim() == 4:
        return [encode(channel[None]) for channel in numbers[0, :MOST_PICTURES]]
    if numbers.dim() == 3 and min(numbers.shape[1:]) > 1:
        return [encode(numbers[0][None])]
    return []


def encode(picture: Tensor) -> str:
    """A picture of (C, H, W), dark for the least value and light for the most, as a data address."""
    picture = torch.nan_to_num(picture[:, :LARGEST_SIDE, :LARGEST_SIDE])
    low, high = picture.min(), picture.max()
    levels = ((picture - low) / (high - low if high > low else 1) * 255).round().to(torch.uint8)
    return encode_pixels(levels.permute(1, 2, 0))


def encode_pixels(levels: Tensor) -> str:
    """Levels of (H, W, C) from 0 to 255 as a picture, as a data address."""
    pixels = levels.numpy()
    image = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def read_rows(numbers: Tensor) -> list[list[float | None]]:
    """The first rows of values that are one or two axes deep; what is not finite is None."""
    if numbers.dim() > 2:
        return []
    table = numbers.reshape(-1, 1) if numbers.dim() < 2 else numbers
    rows = table[:MOST_ROWS, :MOST_COLUMNS]
    return [[float(value) if torch.isfinite(value) else None for value in row] for row in rows]
