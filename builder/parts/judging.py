"""Judges a number that is measured again and again, the same way in a run and in exported code."""

from __future__ import annotations

import math


class Judge:
    """Knows the best value so far, and for how many in a row there was no better one.

    A value that is not finite is never better: it becomes no best that nothing after it could beat.
    """

    def __init__(self, mode: str = "min", min_delta: float = 0.0) -> None:
        self.mode, self.min_delta = mode, min_delta
        self.best: float | None = None
        self.waited = 0

    def observe(self, value: float) -> bool:
        """Take note of a value; returns whether it is better than the best by more than ``min_delta``."""
        if not self.is_better(value):
            self.waited += 1
            return False
        self.best, self.waited = value, 0
        return True

    def is_better(self, value: float) -> bool:
        """Whether a value would be the best so far."""
        if self.best is None or not math.isfinite(value):
            return math.isfinite(value)
        gain = value - self.best if self.mode == "max" else self.best - value
        return gain > self.min_delta
