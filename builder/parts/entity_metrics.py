"""How well a tagger finds entities: whole names of people and places, not single words."""

from __future__ import annotations

import torch
from torch import Tensor

from builder.parts.metrics import Metric, divide, find_places


class EntityF1(Metric):
    """The balance of precision and recall over entities: one is right where its first word, its last and its type are.

    ``tags`` are the names of the classes in the order of their numbers, such as ``O``, ``B-PER`` and ``I-PER``. An entity
    begins at a tag ``B-``, and where an ``I-`` follows none of its type, as the program ``conlleval`` counts; ``E-`` and
    ``L-`` stand for ``I-``, ``S-`` and ``U-`` for ``B-``. ``average`` is ``micro``, every entity alike, or ``macro``,
    every type alike. ``axis`` is where the scores of the classes lie.

    Reference:
        Tjong Kim Sang and De Meulder, Introduction to the CoNLL-2003 shared task, 2003.
    """

    def __init__(self, tags: tuple[str, ...], average: str = "micro", axis: int = 1) -> None:
        super().__init__()
        self.average, self.axis = average, axis
        names = sorted({tag[2:] for tag in tags if tag[1:2] == "-"})
        self.num_types = max(1, len(names))
        self.types = [names.index(tag[2:]) if tag[1:2] == "-" else -1 for tag in tags]
        self.begins = [tag[:2] in ("B-", "S-", "U-") for tag in tags]

    def update(self, input: Tensor, target: Tensor, lengths: Tensor | None = None) -> None:
        """Add a batch of scores of all tags and true tags."""
        places = find_places(target, lengths).reshape(target.shape)
        starts, types, ends = self.find_entities(input.argmax(self.axis), places)
        true_starts, true_types, true_ends = self.find_entities(target.long(), places)
        right = starts & true_starts & (types == true_types) & (ends == true_ends)
        self.add(
            right=self.count_types(right, true_types),
            found=self.count_types(starts, types),
            meant=self.count_types(true_starts, true_types),
        )

    def find_entities(self, tags: Tensor, places: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Where entities start, of which type each word is (-1: of none), and where what is at a word ends."""
        types = torch.tensor(self.types, device=tags.device)[tags].masked_fill(~places, -1)
        begins = torch.tensor(self.begins, device=tags.device)[tags]
        outside = torch.full_like(types[:, :1], -1)
        starts = (types >= 0) & (begins | (types != torch.cat([outside, types[:, :-1]], 1)))
        goes_on = (torch.cat([types[:, 1:], outside], 1) == types) & ~torch.cat([starts[:, 1:], outside >= 0], 1)
        last = tags.shape[1]
        numbers = torch.where(goes_on, last, torch.arange(last, device=tags.device))
        return starts, types, numbers.flip(1).cummin(1).values.flip(1)

    def count_types(self, entities: Tensor, types: Tensor) -> Tensor:
        """How many entities there are of each type."""
        counts = torch.zeros(self.num_types, dtype=torch.int64, device=types.device)
        return counts.index_add_(0, types.clamp(min=0).reshape(-1), entities.reshape(-1).long())

    def compute(self) -> float:
        """The score, from 0 to 1."""
        if not self.state:
            return float("nan")
        right, found, meant = (self.state[name].double() for name in ("right", "found", "meant"))
        if self.average == "micro":
            right, found, meant = (counts.sum(0, keepdim=True) for counts in (right, found, meant))
        occurs = (found + meant > 0).double()
        return (divide(2 * right, found + meant).sum() / occurs.sum().clamp(min=1)).item()
