"""How the numbers of a tensor are spread, measured on its device without waiting for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

BINS = 32
MOST = 2048
"""So many numbers of a tensor are looked at, evenly spaced: enough for 32 bins, and quickly sorted."""
TAIL = 0.005
"""The part at each end that the histogram's range leaves out: a single number cannot flatten it, and falls in an outer bin."""
FACTS = ("count", "mean", "deviation", "zeros", "least", "most", "low", "high")
SIGNIFICANT_DIGITS = 6

Json = dict[str, Any]


def pick(values: Tensor) -> Tensor:
    """Numbers of a tensor that stand for all of them, in a copy."""
    flat = values.detach().reshape(-1)
    return flat[:: -(-flat.numel() // MOST)].to(torch.float32, copy=True)


def add_up(values: Tensor) -> Tensor:
    """The sum of all numbers, which is not finite where one of them is not."""
    return values.detach().sum(dtype=torch.float32)


def measure_spreads(picked: Sequence[Tensor]) -> Tensor:
    """Facts and counts of numbers that were picked, a row for each tensor; ``read_spread`` says what a row means.

    All are measured together: small operations take longer to begin than to do. What is not finite is left out.
    """
    numbers = pad_sequence(list(picked), batch_first=True, padding_value=torch.inf).double()
    finite = torch.isfinite(numbers)
    count = finite.sum(1, keepdim=True)
    ordered = torch.where(finite, numbers, torch.inf).sort(1).values
    mean = torch.where(finite, numbers, 0.0).sum(1, keepdim=True) / count
    deviation = (torch.where(finite, (numbers - mean) ** 2, 0.0).sum(1, keepdim=True) / count).sqrt()
    last = (count - 1).clamp(min=0)
    ends = torch.cat([0 * last, last, (last * TAIL).long(), (last * (1 - TAIL)).ceil().long()], 1)
    extent = ordered.gather(1, ends)
    low, high = extent[:, 2:3], extent[:, 3:4]
    edges = low + (high - low) * torch.arange(1, BINS, device=numbers.device) / BINS
    below = torch.cat([torch.searchsorted(ordered, edges), count], 1)
    counts = torch.diff(below, dim=1, prepend=torch.zeros_like(count))
    zeros = (numbers == 0).sum(1, keepdim=True) / count
    return torch.cat([count.double(), mean, deviation, zeros, extent, counts.double()], 1)


def read_spread(row: Sequence[float]) -> Json:
    """What a row says: mean, deviation, least, most, the share of zeros, and the histogram.

    The histogram (low, high, counts) is None where all numbers are the same.
    """
    facts = dict(zip(FACTS, row, strict=False))
    if not facts["count"]:
        return {"histogram": None}
    described: Json = {name: shorten(facts[name]) for name in ("mean", "deviation", "least", "most", "zeros")}
    if not facts["low"] < facts["high"]:
        return described | {"histogram": None}
    counts = [int(count) for count in row[len(FACTS) :]]
    return described | {"histogram": {"low": shorten(facts["low"]), "high": shorten(facts["high"]), "counts": counts}}


def shorten(value: float) -> float:
    """A number as it is kept; what is not finite stays as it is."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
