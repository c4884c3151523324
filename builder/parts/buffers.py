"""What is kept from earlier steps, to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Buffer(nn.Module):
    """Keeps values of earlier steps, and gives some of them in place of new ones, which it keeps instead.

    Until it is full every value is kept and given. At rest every value goes through and none is kept.

    Shapes:
        input and output (B, ...).

    Reference:
        Shrivastava et al., Learning from Simulated and Unsupervised Images through Adversarial Training, 2017.
    """

    kept: Tensor

    def __init__(self, size: int, shape: Sequence[int], probability: float = 0.5, gives: str = "any") -> None:
        super().__init__()
        self.probability, self.gives = probability, gives
        self.register_buffer("kept", torch.zeros(size, *shape))
        self.filled, self.oldest = 0, 0

    def forward(self, input: Tensor) -> Tensor:
        """Keep what there is room for, and exchange the rest."""
        new = input.detach()
        if not self.training:
            return new
        room = min(len(self.kept) - self.filled, len(new))
        self.kept[self.filled : self.filled + room] = new[:room]
        self.filled += room
        return new if room == len(new) else torch.cat([new[:room], self.exchange(new[room:])])

    def exchange(self, new: Tensor) -> Tensor:
        """Give a kept value for some of the new ones, no kept one twice."""
        places = self.choose_places(min(len(new), len(self.kept)), new.device)
        chosen = torch.rand(len(places), device=new.device) < self.probability
        chosen = chosen.reshape(-1, *[1] * (new.ndim - 1))
        fresh, old = new[: len(places)], self.kept[places]
        self.kept[places] = torch.where(chosen, fresh, old)
        return torch.cat([torch.where(chosen, old, fresh), new[len(places) :]])

    def choose_places(self, count: int, device: torch.device) -> Tensor:
        """Where the values lie that may be given: anywhere, or those that were kept first."""
        size = len(self.kept)
        if self.gives == "any":
            return torch.randperm(size, device=device)[:count]
        first, self.oldest = self.oldest, (self.oldest + count) % size
        return (torch.arange(count, device=device) + first) % size

    def get_extra_state(self) -> Tensor:
        """How many values are kept, and which one is the oldest."""
        return torch.tensor([self.filled, self.oldest])

    def set_extra_state(self, state: Tensor) -> None:
        """Go on from there."""
        self.filled, self.oldest = (int(number) for number in state)
