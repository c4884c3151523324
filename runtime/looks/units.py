"""What becomes of the units of an activation over a batch: which never fire, and how many numbers sit where it is flat."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from builder.plan import Call, NetworkPlan

SILENT_KINDS = frozenset({"ReLU", "ReLU6", "Hardswish"})
"""Activations that are flat zero over a whole range: a unit that stays there gets no gradient and never comes back."""
FLAT = 0.05
"""A number is saturated where less than this part of the steepest slope is left to the gradient."""
SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "Sigmoid": lambda y: 4 * y * (1 - y),
    "Tanh": lambda y: 1 - y * y,
}
"""The slope at an output, as a part of the steepest one."""
MOST = 65_536
CHANNELS = ("Conv", "BatchNorm", "Pool", "GroupNorm", "InstanceNorm")


def find_peaks(values: Tensor, axis: int) -> Tensor:
    """The largest output of each unit over the batch and all positions."""
    others = [other for other in range(values.dim()) if other != axis]
    return values.detach().amax(others) if others else values.detach()


def measure_saturation(values: Tensor, kind: str) -> Tensor:
    """The share of outputs at which the activation is flat."""
    flat = values.detach().reshape(-1)
    slopes = SLOPES[kind](flat[:: max(1, flat.numel() // MOST)].float())
    return (slopes < FLAT).double().mean()


def find_unit_axis(plan: NetworkPlan, call: Call, rank: int) -> int:
    """The axis that counts units: channels come second, but features last where a sequence passes layers such as Linear."""
    if rank != 3:
        return min(1, rank - 1)
    calls = {other.node: other for other in plan.calls}
    seen: Call | None = call
    while seen is not None and seen.inputs and seen.inputs[0] is not None:
        seen = calls.get(seen.inputs[0].node)
        if seen is not None and seen.layer.kind.startswith(CHANNELS):
            return 1
        if seen is not None and seen.construct is not None and seen.layer.family in ("Linear", "Sequence", "Attention"):
            return 2
    return 2


def measure_answers(values: Tensor) -> Tensor:
    """How alike the answers of a batch are: the share of the most frequent winner, and how much they differ.

    Shapes:
        values: (B, C), a row of scores for each sample.

    Returns:
        The share, and the largest deviation of a score over the batch as a part of the largest score.
    """
    scores = values.detach().float()
    winners = scores.argmax(1, keepdim=True) == torch.arange(scores.shape[1], device=scores.device)
    share = winners.double().mean(0).amax()
    deviation = scores.std(0, correction=0).amax() / scores.abs().amax().clamp(min=1e-12)
    return torch.stack([share, deviation.double()])
