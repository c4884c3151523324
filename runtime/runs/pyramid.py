"""Minima and maxima over ever larger groups of points, so that a million points draw from a few thousand rows.

Bucket ``b`` of level ``k`` covers the points ``b * size(k)`` up to the next bucket and names its lowest and its highest
point. Only full buckets are written, so what was written never changes. A reader covers a range of points with buckets of the
level that it can afford, finer ones at both ends, and single points where no bucket fits: whatever it shows, every extremum
of what it leaves out is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

BASE = 16
GROWTH = 4


def bucket_size(level: int) -> int:
    """How many points a bucket of this level covers. Level 0 is the points themselves."""
    return 1 if level == 0 else BASE * GROWTH ** (level - 1)


@dataclass(frozen=True)
class Bucket:
    """A full bucket: the numbers of its lowest and its highest point."""

    level: int
    number: int
    low: int
    high: int


@dataclass
class OpenBucket:
    """A bucket that still fills."""

    count: int = 0
    low: int = -1
    high: int = -1
    low_value: float = math.inf
    high_value: float = -math.inf

    def add(self, low: int, low_value: float, high: int, high_value: float, count: int) -> None:
        """Take in points. Those without a value never are an extremum unless there is nothing else."""
        if self.low < 0 or low_value < self.low_value:
            self.low, self.low_value = low, low_value
        if self.high < 0 or high_value > self.high_value:
            self.high, self.high_value = high, high_value
        self.count += count


class PyramidBuilder:
    """The growing pyramid of one series."""

    def __init__(self) -> None:
        self.num_points = 0
        self.levels: list[OpenBucket] = []

    def add(self, value: float) -> list[Bucket]:
        """Add the next point and return the buckets that are full with it."""
        point, self.num_points = self.num_points, self.num_points + 1
        low, high = (math.inf, -math.inf) if math.isnan(value) else (value, value)
        filled = OpenBucket(1, point, point, low, high)
        done: list[Bucket] = []
        for level in range(1, 64):
            if len(self.levels) < level:
                self.levels.append(OpenBucket())
            bucket = self.levels[level - 1]
            bucket.add(filled.low, filled.low_value, filled.high, filled.high_value, filled.count)
            if bucket.count < bucket_size(level):
                break
            done.append(Bucket(level, point // bucket_size(level), bucket.low, bucket.high))
            filled, self.levels[level - 1] = bucket, OpenBucket()
        return done


def choose_level(num_points: int, budget: int) -> int:
    """The finest level at which a range of so many points takes at most ``budget`` buckets."""
    level = 0
    while num_points > budget * bucket_size(level):
        level += 1
    return level


def cover_range(first: int, last: int, level: int) -> Iterator[tuple[int, int, int]]:
    """Cover the points from ``first`` up to but not including ``last``.

    Returns:
        Pieces in order: ``(level, start, stop)``, where start and stop count buckets of that level.
    """
    if level == 0:
        if first < last:
            yield 0, first, last
        return
    size = bucket_size(level)
    start, stop = -(-first // size), last // size
    if start >= stop:
        yield from cover_range(first, last, level - 1)
        return
    yield from cover_range(first, start * size, level - 1)
    yield level, start, stop
    yield from cover_range(stop * size, last, level - 1)
