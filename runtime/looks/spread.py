"""How the numbers of a tensor are spread, measured on its device without waiting for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

BINS = 32
MOST = 4096
"""About so many numbers of a tensor are looked at, evenly spaced: enough for 32 bins, and sorted in a tenth of a millisecond."""
TAIL = 0.005
"""The part at each end that the histogram's range leaves out: a single number cannot flatten it, and falls in an outer bin."""
FACTS = ("count", "mean", "deviation", "least", "most", "zeros", "low", "high", "total")
SIGNIFICANT_DIGITS = 6

Json = dict[str, Any]


def measure_spread(values: Tensor) -> Tensor:
    """Facts and counts of some numbers as one row of floats; ``read_spread`` says what it means.

    What is not finite is left out, but for the total, which covers all numbers and is not finite where one is not.
    """
    flat = values.detach().reshape(-1)
    total = flat.sum(dtype=torch.float32).double()
    picked = flat[:: max(1, flat.numel() // MOST)].double()
    finite = torch.isfinite(picked)
    count = finite.sum()
    ordered = torch.where(finite, picked, torch.inf).sort().values
    known = torch.where(finite, picked, 0.0)
    mean = known.sum() / count
    deviation = (torch.where(finite, (picked - mean) ** 2, 0.0).sum() / count).sqrt()
    last = (count - 1).clamp(min=0)
    least, most, low, high = ordered[
        torch.stack([0 * last, last, (last * TAIL).long(), (last * (1 - TAIL)).ceil().long()])
    ]
    edges = low + (high - low) * torch.arange(1, BINS, device=flat.device) / BINS
    ends = torch.cat([torch.searchsorted(ordered, edges), count.reshape(1)])
    counts = torch.diff(ends, prepend=torch.zeros_like(ends[:1]))
    zeros = (picked == 0).sum() / count
    facts = torch.stack([count.double(), mean, deviation, least, most, zeros, low, high, total])
    return torch.cat([facts, counts.double()])


def read_spread(row: Sequence[float]) -> Json:
    """What a row says: mean, deviation, least, most, the share of zeros, whether all is finite, and the histogram.

    The histogram (low, high, counts) is None where all numbers are the same.
    """
    facts = dict(zip(FACTS, row, strict=False))
    described: Json = {"faulty": not math.isfinite(facts["total"])}
    if not facts["count"]:
        return described | {"histogram": None}
    described |= {name: shorten(facts[name]) for name in ("mean", "deviation", "least", "most", "zeros")}
    if not facts["low"] < facts["high"]:
        return described | {"histogram": None}
    counts = [int(count) for count in row[len(FACTS) :]]
    return described | {"histogram": {"low": shorten(facts["low"]), "high": shorten(facts["high"]), "counts": counts}}


def shorten(value: float) -> float:
    """A number as it is kept; what is not finite stays as it is."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
