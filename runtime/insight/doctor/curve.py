"""A loss over the run in a few numbers: how it began, how it goes now, and everything in between in even pieces."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field

MOST_PIECES = 256
BEGINNING = 5
"""So many steps are the beginning: a network that learns quickly has left it soon after."""


@dataclass
class Curve:
    """Means over pieces of equal length; where there are too many, two become one. Every step costs one addition."""

    length: int = 1
    count: int = 0
    total: float = 0.0
    filled: int = 0
    highest: float = -math.inf
    begun: list[float] = field(default_factory=list)
    pieces: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Take the loss of the next step; what is no number is not taken."""
        if not math.isfinite(value):
            return
        self.count += 1
        if len(self.begun) < BEGINNING:
            self.begun.append(value)
        self.highest = max(self.highest, value)
        self.total, self.filled = self.total + value, self.filled + 1
        if self.filled == self.length:
            self.pieces.append(self.total / self.filled)
            self.total, self.filled = 0.0, 0
            if len(self.pieces) == MOST_PIECES:
                self.pieces = [(a + b) / 2 for a, b in zip(self.pieces[::2], self.pieces[1::2], strict=True)]
                self.length *= 2

    @property
    def first(self) -> float:
        """The loss of the first step, which no step has changed yet."""
        return self.begun[0] if self.begun else math.nan

    @property
    def beginning(self) -> float:
        """The mean of the first steps."""
        return statistics.fmean(self.begun) if self.begun else math.nan

    def recent(self, part: float = 0.1) -> float:
        """The mean of the last part of the run so far."""
        taken = self.pieces[-max(1, int(len(self.pieces) * part)) :]
        return statistics.fmean(taken) if taken else self.beginning

    def middle(self) -> float:
        """The median of all pieces."""
        return statistics.median(self.pieces) if self.pieces else self.beginning
