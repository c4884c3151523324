"""When to look: early, and then so seldom that looking costs next to nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.008
"""The part of the time that looks may take. With what is done with them, and cannot be measured apart, it stays below 0.01."""
EARLY, EARLY_SHARE = 5, 0.08
"""The first looks come sooner and so take some hundredths of a second more: what goes wrong at once is seen at once."""
SHORTEST_SECONDS = 0.1
"""However cheap looks are, no more than ten a second: nobody reads faster."""
PART = 1 / 240
"""In a long run the pause grows with the time that has passed, to 15 seconds after an hour."""


class Pace:
    """The pauses between looks. The first look is due at once."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.clock = clock
        self.begun: float | None = None
        self.due = 0.0
        self.taken = 0

    def is_due(self) -> bool:
        """Whether it is time to look."""
        return self.clock() >= self.due

    @property
    def share(self) -> float:
        """The part of the time that the last look may take."""
        return EARLY_SHARE if self.taken <= EARLY else SHARE

    def rest(self, cost: float) -> None:
        """Take note that a look took so many seconds; the next one waits for 125 times that, after the first ones."""
        now = self.clock()
        self.begun = now if self.begun is None else self.begun
        self.taken += 1
        self.due = now + max(SHORTEST_SECONDS, cost / self.share, (now - self.begun) * PART)

    def add(self, cost: float) -> None:
        """Take note of what the last look cost beside itself."""
        self.due += cost / self.share
