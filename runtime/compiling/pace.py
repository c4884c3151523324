"""How long steps take, as they are and compiled: what is slower compiled is given up."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median

LEAST_STEPS, LEAST_SECONDS = 32, 3.0
"""Compiled steps are judged after so many, and so long."""
SETTLING = 4
"""The first steps after a change are not counted: kernels are loaded, caches fill."""
MOST = 1_000
"""Of so many steps, the last ones, the median is taken."""
SLOWER = 1.05
"""So much longer a compiled step may take: less is not told apart from a machine that was busy for a moment."""


class Pace:
    """Seconds from step to step. Medians, so that a validation or a preview between two of them does not count.

    On a GPU this is the time in which steps are ordered, which is that of the GPU once it has enough of them to do.

    Args:
        now: the clock.
    """

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        self.now = now
        self.plain: float | None = None
        self.restart()

    def restart(self) -> None:
        """Measure from here on."""
        self.seconds: deque[float] = deque(maxlen=MOST)
        self.num_seen, self.begun, self.last = 0, self.now(), self.now()

    def tick(self) -> None:
        """Between two steps."""
        now = self.now()
        self.num_seen += 1
        if self.num_seen > SETTLING:
            self.seconds.append(now - self.last)
        self.last = now

    def keep_plain(self) -> None:
        """What was measured is how long steps take that are not compiled."""
        self.plain = median(self.seconds) if self.seconds else None

    def compare(self) -> float | None:
        """How much longer compiled steps take than plain ones, as a ratio; None as long as that is not known."""
        is_known = len(self.seconds) >= LEAST_STEPS and self.now() - self.begun >= LEAST_SECONDS
        return median(self.seconds) / self.plain if is_known and self.plain else None
