"""How the weights of a network lie in memory."""

from __future__ import annotations

import torch
from torch import nn


def use_channels_last(network: nn.Module) -> nn.Module:
    """Lay out the weights of 2-d convolutions with the channels last, which many processors work through faster.

    What such a convolution returns lies that way too, whatever it is given, so a network needs nothing else. Shapes and
    values stay as they are.

    Returns:
        The network itself.
    """
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network
