"""Everything that a step changes on a device: kept, put back, and compared with how it was reached another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

from runtime.step import Machinery

TOLERANCE: Final = 0.2
"""How far a recording may be from the step, as a part of how far the step moves: some kernels add up in no fixed order."""


@dataclass
class State:
    """Copies of everything that a step changes on a device.

    Attributes:
        weights: parameters and buffers of the networks, each with its copy.
        slots: what optimizers keep of them, each with its copy.
        random: the state of the device's generator.
    """

    device: torch.device
    weights: list[tuple[Tensor, Tensor]]
    slots: list[tuple[Tensor, Tensor]]
    random: Tensor

    @classmethod
    def take(cls, machinery: Machinery) -> State:
        """How things stand now."""
        networks = machinery.networks.values()
        weights = [tensor for network in networks for tensor in (*network.parameters(), *network.buffers())]
        kept = [slot for item in machinery.optimizers.values() for slot in item.optimizer.state.values()]
        slots = [value for slot in kept for value in slot.values() if isinstance(value, Tensor)]
        device = machinery.device
        random = torch.cuda.get_rng_state(device) if device.type == "cuda" else torch.get_rng_state()
        return cls(device, copy_each(weights), copy_each(slots), random)

    def put_back(self) -> None:
        """Make things stand again as they did, in the same places."""
        with torch.no_grad():
            for tensor, copy in (*self.weights, *self.slots):
                tensor.copy_(copy)
        if self.device.type == "cuda":
            torch.cuda.set_rng_state(self.random, self.device)
        else:
            torch.set_rng_state(self.random)

    def is_reached(self, before: State) -> bool:
        """Whether things stand now as here, seen from where both came from: counters exactly, the rest nearly."""
        return all(
            is_reached(here, [copy for _, copy in start])
            for here, start in ((self.weights, before.weights), (self.slots, before.slots))
        )


def is_reached(wanted: Sequence[tuple[Tensor, Tensor]], before: Sequence[Tensor]) -> bool:
    """Whether tensors are where their copies are, or nearly, as a part of the way there from where they were before."""
    off = moved = 0.0
    for (tensor, copy), start in zip(wanted, before, strict=True):
        if not tensor.is_floating_point() or tensor.dim() == 0:
            if not torch.equal(tensor, copy):
                return False
            continue
        off += float((tensor.detach() - copy).double().square().sum())
        moved += float((copy - start).double().square().sum())
    return off <= TOLERANCE**2 * moved


def copy_each(tensors: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Tensors, each with a copy."""
    return [(tensor, tensor.detach().clone()) for tensor in tensors]
