"""The filters of a convolution as small pictures: what each looks for in its input."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from runtime.insight.describing import encode_pixels

Json = dict[str, Any]
MOST_FILTERS = 16
MOST_ROWS, MOST_SLICES = 6, 8
"""Of filters that look at many channels so many are shown, each by its first slices."""
BELOW, ZERO, ABOVE = (33, 102, 172), (247, 247, 247), (178, 24, 43)
"""Blue below zero, red above it: told apart without red and green, and the lighter the nearer to zero."""


def describe_filters(module: nn.Module) -> Json | None:
    """Describe the filters of a convolution over pictures; None for anything else.

    Returns:
        ``manner``: ``colour`` where the three channels of a filter make one picture, else ``slices``, one for each channel;
        ``rows`` of pictures as data addresses, for slices one row for each filter; ``limit``: the largest weight in them
        without its sign, so that scales are alike and symmetric; ``filters`` and ``channels``: how many there are.
    """
    if not isinstance(module, nn.Conv2d):
        return None
    weight = torch.nan_to_num(module.weight.detach().to("cpu", torch.float32))
    filters, channels = weight.shape[:2]
    about = {"filters": filters, "channels": channels}
    if channels == 3:
        shown = weight[:MOST_FILTERS]
        limit = find_limit(shown)
        return about | {"manner": "colour", "limit": limit, "rows": [[encode_pixels(mix(one, limit)) for one in shown]]}
    shown = weight[:MOST_FILTERS] if channels == 1 else weight[:MOST_ROWS, :MOST_SLICES]
    limit = find_limit(shown)
    rows = [[encode_pixels(colour(piece, limit)) for piece in one] for one in shown]
    if channels == 1:
        rows = [[picture for row in rows for picture in row]]
    return about | {"manner": "slices", "limit": limit, "rows": rows}


def find_limit(weights: Tensor) -> float:
    """The largest weight without its sign; 1 where all are zero."""
    return float(weights.abs().max()) or 1.0


def mix(weights: Tensor, limit: float) -> Tensor:
    """A filter of (3, H, W) as pixels of (H, W, 3): grey is zero, and each colour from the least to the largest weight."""
    return ((weights / limit + 1) / 2 * 255).round().to(torch.uint8).permute(1, 2, 0)


def colour(weights: Tensor, limit: float) -> Tensor:
    """A slice of (H, W) as pixels of (H, W, 3), from blue over white to red."""
    part = (weights / limit)[..., None]
    below, zero, above = (torch.tensor(of, dtype=torch.float32) for of in (BELOW, ZERO, ABOVE))
    mixed = zero + part.clamp(min=0) * (above - zero) - part.clamp(max=0) * (below - zero)
    return mixed.round().to(torch.uint8)
