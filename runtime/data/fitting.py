"""What is measured on the training part: means, deviations and bounds for scaling, and how often classes occur."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from builder.document import FieldMeaning
from runtime.data.tables import Array


def count_classes(meaning: FieldMeaning, classes: Sequence[str], numbers: Array) -> dict[str, tuple[int, ...]]:
    """How often each class of a target occurs; of what is no target nothing is counted."""
    if meaning.role != "target":
        return {}
    return {"class_counts": tuple(np.bincount(numbers.astype(np.int64), minlength=len(classes)).tolist())}


def fit_pixels(pixels: Tensor, scaling: str) -> dict[str, tuple[float, ...]]:
    """Mean and deviation, or bounds, of each channel, exactly: by counting levels. In units of 255."""
    if scaling == "signed":
        return middle_scaling(np.zeros(pixels.shape[1]), np.ones(pixels.shape[1]))
    if scaling not in ("standard", "minmax"):
        return {}
    counts = count_levels(pixels)
    levels = np.arange(256) / 255.0
    if scaling == "minmax":
        bounds = [np.flatnonzero(row)[[0, -1]] / 255.0 for row in counts]
        return bound_scaling(np.array([low for low, _ in bounds]), np.array([high for _, high in bounds]))
    total = counts.sum(axis=1)
    mean = counts @ levels / total
    variance = (counts * (levels - mean[:, None]) ** 2).sum(axis=1) / total
    return standard_scaling(mean, np.sqrt(variance))


def count_levels(pixels: Tensor, chunk: int = 4096) -> Array:
    """How often every channel holds each of the 256 levels: (C, 256)."""
    counts = np.zeros((pixels.shape[1], 256), dtype=np.int64)
    for start in range(0, len(pixels), chunk):
        for channel, levels in enumerate(pixels[start : start + chunk].unbind(1)):
            counts[channel] += np.bincount(levels.reshape(-1).numpy(), minlength=256)
    return counts


def fit_numbers(numbers: Array, scaling: str) -> dict[str, tuple[float, ...]]:
    """Mean and deviation, or bounds, of each column."""
    if scaling == "standard":
        return standard_scaling(numbers.mean(axis=0), numbers.std(axis=0))
    if scaling == "minmax":
        return bound_scaling(numbers.min(axis=0), numbers.max(axis=0))
    if scaling == "signed":
        return middle_scaling(numbers.min(axis=0), numbers.max(axis=0))
    return {}


def standard_scaling(mean: Array, deviation: Array) -> dict[str, tuple[float, ...]]:
    """Facts of a standard scaling. What never varies keeps a deviation of 1, so that it becomes 0 and not infinite."""
    deviation = np.where(deviation > 1e-12 * np.maximum(np.abs(mean), 1e-300), deviation, 1.0)
    return {"mean": as_floats(mean), "deviation": as_floats(deviation)}


def bound_scaling(low: Array, high: Array) -> dict[str, tuple[float, ...]]:
    """Facts of a scaling to 0..1. What never varies becomes 0."""
    return {"low": as_floats(low), "high": as_floats(np.where(high > low, high, low + 1.0))}


def middle_scaling(low: Array, high: Array) -> dict[str, tuple[float, ...]]:
    """Facts of a scaling to -1..1: the middle as mean, half the range as deviation. What never varies becomes 0."""
    return standard_scaling((low + high) / 2, (high - low) / 2)


def as_floats(values: Array) -> tuple[float, ...]:
    """Plain numbers, as the project file keeps them."""
    return tuple(float(value) for value in values)
