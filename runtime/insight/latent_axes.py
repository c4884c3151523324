"""Directions in which one moves about in a space of vectors, and ways from one vector to another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from runtime.runs.errors import RunError

MOST_AXES = 6
REACH = 3.0
"""How far one moves from the middle, in standard deviations of the samples."""


@dataclass(frozen=True)
class Axes:
    """A few directions of a space of D numbers.

    Attributes:
        centre: (D), the vector at which all coordinates are zero.
        directions: (K, D), orthonormal rows.
        low, high: (K), how far samples reach along each.
        shares: the part of the samples' variance along each.
        is_direct: whether they are the space's own numbers rather than principal components.
    """

    centre: Tensor
    directions: Tensor
    low: tuple[float, ...]
    high: tuple[float, ...]
    shares: tuple[float, ...]
    is_direct: bool

    def locate(self, vectors: Tensor) -> Tensor:
        """Coordinates (N, K) of vectors (N, D); what lies across the directions is left out."""
        return (vectors - self.centre) @ self.directions.T

    def place(self, coordinates: Any) -> Tensor:
        """The vector at some coordinates; those that are not told are zero. Raises RunError."""
        most = len(self.directions)
        if not isinstance(coordinates, list) or len(coordinates) > most or not all(map(is_number, coordinates)):
            raise RunError(f"A point has at most {most} coordinates, and they are numbers.")
        told = torch.zeros(most, dtype=torch.float64)
        told[: len(coordinates)] = torch.tensor(coordinates, dtype=torch.float64)
        return self.centre + told @ self.directions


def is_number(value: Any) -> bool:
    """Whether something is a number that a vector may hold."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def find_axes(values: Tensor) -> Axes:
    """The directions in which samples differ most; of one or two numbers these themselves.

    Args:
        values: (N, D) float64.

    Reference:
        Pearson 1901, On lines and planes of closest fit to systems of points in space.
    """
    size = values.shape[1]
    is_direct = size <= 2
    centre = torch.zeros(size, dtype=values.dtype) if is_direct else values.mean(0)
    directions = torch.eye(size, dtype=values.dtype) if is_direct else find_directions(values - centre)
    along = (values - centre) @ directions.T
    middle, spread = along.mean(0), along.std(0, correction=0)
    reach = REACH * spread.where(spread > 0, torch.ones_like(spread))
    whole = float(values.var(0, correction=0).sum())
    shares = [float(each) ** 2 / whole if whole else 0.0 for each in spread]
    low, high = (middle - reach).tolist(), (middle + reach).tolist()
    return Axes(centre, directions, tuple(low), tuple(high), tuple(shares), is_direct)


def find_directions(centred: Tensor) -> Tensor:
    """The first principal components as rows, each with its largest number above zero so that no map is a mirror image."""
    _, _, components = torch.linalg.svd(centred, full_matrices=False)
    kept = components[:MOST_AXES]
    largest = kept.gather(1, kept.abs().argmax(1, keepdim=True))
    found: Tensor = kept * largest.sign().where(largest != 0, torch.ones_like(largest))
    return found


def blend(first: Tensor, second: Tensor, share: float, on_sphere: bool) -> Tensor:
    """The vector on the way from one to another.

    Straight between codes. Between noises along the sphere on which they lie: halfway on the straight line a vector is
    shorter than any noise that a generator learns from.

    Reference:
        White 2016, Sampling Generative Networks.
    """
    cosine = float(torch.nn.functional.cosine_similarity(first, second, dim=0).clamp(-1, 1))
    angle = math.acos(cosine)
    if not on_sphere or math.sin(angle) < 1e-6:
        return first + share * (second - first)
    return (math.sin((1 - share) * angle) * first + math.sin(share * angle) * second) / math.sin(angle)
