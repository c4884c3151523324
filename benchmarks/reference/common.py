"""What the loops share: batches in a new order every epoch, and two ways to lay features out."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

NOISE = 100


def draw_batches(epochs: int, size: int, *tensors: Tensor) -> Iterator[list[Tensor]]:
    """Batches of all tensors together, epoch after epoch."""
    for _ in range(epochs):
        for rows in torch.randperm(len(tensors[0])).split(size):
            yield [tensor[rows] for tensor in tensors]


def repeat(images: Tensor, size: int) -> Iterator[Tensor]:
    """Whole batches without end."""
    while True:
        yield from (batch for (batch,) in draw_batches(1, size, images) if len(batch) == size)


def take_step(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    """Fresh gradients, backward, step."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def make_adam(network: nn.Module) -> torch.optim.Adam:
    """Adam as DCGAN's authors set it."""
    return torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999))
