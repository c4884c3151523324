"""What changes the weights of a network without a gradient."""

from __future__ import annotations

import torch
from torch import nn


@torch.no_grad()
def average_weights(target: nn.Module, source: nn.Module, decay: float) -> None:
    """Move the weights of ``target`` a little towards those of ``source``: decay * target + (1 - decay) * source.

    Buffers such as running means move as well, whole numbers among them are copied. A decay of 0 copies everything.
    """
    for kept, new in zip(target.state_dict().values(), source.state_dict().values(), strict=True):
        if decay and kept.is_floating_point():
            kept.mul_(decay).add_(new, alpha=1 - decay)
        else:
            kept.copy_(new)


@torch.no_grad()
def clip_weights(network: nn.Module, limit: float) -> None:
    """Push every weight that lies beyond ``limit`` back to it."""
    for parameter in network.parameters():
        parameter.clamp_(-limit, limit)
