"""How far a mean of a few repeats can be trusted: Student's t-interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, stdev

SURE = 0.95
"""How often such an interval holds the true mean, where the repeats are independent and normal."""


def find_interval(values: Sequence[float]) -> tuple[float, float]:
    """The mean and half the width of its 95% interval; the half is NaN where there are fewer than two values."""
    count = len(values)
    if count < 2:
        return fmean(values), math.nan
    return fmean(values), find_quantile(count - 1) * stdev(values) / math.sqrt(count)


@lru_cache(256)
def find_quantile(freedom: int) -> float:
    """The t that a variable of so many degrees of freedom stays within with a probability of 95%."""
    low, high = 0.0, 64.0
    while (middle := (low + high) / 2) not in (low, high):
        low, high = (middle, high) if find_share(middle, freedom) < SURE else (low, middle)
    return high


def find_share(t: float, freedom: int) -> float:
    """How probable it is that Student's t lies between ``-t`` and ``t``.

    Reference:
        Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    angle, is_odd = math.atan(t / math.sqrt(freedom)), freedom % 2
    term, total = math.cos(angle) if is_odd else 1.0, 0.0
    for place in range(freedom // 2):
        total += term
        term *= math.cos(angle) ** 2 * (2 * place + 1 + is_odd) / (2 * place + 2 + is_odd)
    share = math.sin(angle) * total
    return 2 / math.pi * (angle + share) if is_odd else share
