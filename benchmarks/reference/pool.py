"""The image pool that a person would write, picture by picture."""

from __future__ import annotations

import torch


class PoolByHand:
    """The pool of the paper's code, one picture at a time; what is drawn is drawn for a whole batch."""

    def __init__(self, size: int, probability: float = 0.5, gives: str = "any") -> None:
        self.size, self.probability, self.gives = size, probability, gives
        self.pictures: list[torch.Tensor] = []
        self.turn = 0

    def query(self, batch: torch.Tensor) -> torch.Tensor:
        """Some of the batch, and some of what was there before."""
        given = []
        pictures = list(batch.detach())
        while pictures and len(self.pictures) < self.size:
            given.append(pictures.pop(0))
            self.pictures.append(given[-1].clone())
        if pictures:
            count = min(len(pictures), self.size)
            places = torch.randperm(self.size)[:count].tolist() if self.gives == "any" else self.take_turns(count)
            for place, draw in zip(places, torch.rand(count).tolist(), strict=True):
                picture = pictures.pop(0)
                if draw < self.probability:
                    given.append(self.pictures[place])
                    self.pictures[place] = picture.clone()
                else:
                    given.append(picture)
        return torch.stack([*given, *pictures])

    def take_turns(self, count: int) -> list[int]:
        """The places in turn."""
        places = [(self.turn + number) % self.size for number in range(count)]
        self.turn = (self.turn + count) % self.size
        return places
