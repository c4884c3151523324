"""What is known of a tensor before it exists: its dtype and shape, with axes whose size is not fixed yet.

An axis of unknown size (batch, time) is carried as the two sizes at which layers are probed. A layer that maps them to two
equal sizes made the axis fixed; one that maps them otherwise made a new axis that depends on the old one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dtype = Literal["float32", "int64", "bool"]
"""What numbers may be of: real numbers, whole ones such as classes and words, or true and false."""

BATCH_PROBES = (7, 11)
TIME_PROBES = (127, 131)
SECOND_TIME_PROBES = (137, 139)

TimeAxis = Literal["T", "S"]
"""Axes that may be of another length in every batch: that of the first texts, and that of others beside them."""


@dataclass(frozen=True)
class Axis:
    """An axis whose size varies from batch to batch: its name and its sizes at the two probes."""

    name: str
    sizes: tuple[int, int]

    def __str__(self) -> str:
        return self.name


BATCH = Axis("B", BATCH_PROBES)
TIME = Axis("T", TIME_PROBES)
TIMES: dict[str, Axis] = {"T": TIME, "S": Axis("S", SECOND_TIME_PROBES)}

Size = int | Axis


@dataclass(frozen=True)
class TensorSpec:
    """Shape and dtype of a tensor, batch axis included. ``dtype`` is PyTorch's name: float32, int64, bool."""

    shape: tuple[Size, ...]
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        """The number of axes, the batch axis included."""
        return len(self.shape)

    def at(self, probe: int) -> tuple[int, ...]:
        """The concrete shape at probe 0 or 1."""
        return tuple(size if isinstance(size, int) else size.sizes[probe] for size in self.shape)

    def __str__(self) -> str:
        """The shape as people read it: channels first, without the batch axis (``32×26×26``)."""
        body = self.shape[1:] if self.shape and self.shape[0] == BATCH else self.shape
        return "×".join(str(size) for size in body) or "scalar"


def join_probes(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[Size, ...]:
    """Name the sizes that two probes gave: fixed where they agree, a known or derived axis where they do not."""
    return tuple(a if a == b else name_axis(a, b) for a, b in zip(first, second, strict=True))


def name_axis(first: int, second: int) -> Axis:
    """Name an axis from its sizes at the two probes: B, T, B·T, 4B, T-2, T/2 and so on."""
    known = {
        BATCH_PROBES: "B",
        TIME_PROBES: "T",
        SECOND_TIME_PROBES: "S",
        (BATCH_PROBES[0] * TIME_PROBES[0], BATCH_PROBES[1] * TIME_PROBES[1]): "B·T",
        (BATCH_PROBES[0] * SECOND_TIME_PROBES[0], BATCH_PROBES[1] * SECOND_TIME_PROBES[1]): "B·S",
    }
    if (first, second) in known:
        return Axis(known[first, second], (first, second))
    for (a, b), name in known.items():
        if first % a == 0 and second % b == 0 and first // a == second // b:
            return Axis(f"{first // a}{name}", (first, second))
        if first - a == second - b:
            return Axis(f"{name}{first - a:+d}", (first, second))
        for factor in range(2, 17):
            if abs(first - a / factor) <= 2 and abs(second - b / factor) <= 2:
                return Axis(f"{name}/{factor}", (first, second))
    return Axis("?", (first, second))
