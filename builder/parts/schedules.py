"""Schedules of the learning rate: by what factor it is multiplied at each step or epoch.

A schedule is asked for ``scale(at, total)``: ``at`` counts the optimizer's own steps or the epochs, whichever ``unit``
says, from 0; ``total`` is how many there will be. Only Plateau remembers anything.
"""

from __future__ import annotations

import math
from typing import Any

from torch.optim import Optimizer


class Schedule:
    """A factor for the learning rate that follows from the time alone."""

    def __init__(self, unit: str = "epoch") -> None:
        self.unit = unit

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        raise NotImplementedError

    def observe(self, value: float) -> None:
        """Take note of a validation's result."""

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""


class StepDecay(Schedule):
    """Multiplies by ``gamma`` after every ``size`` steps or epochs."""

    def __init__(self, size: int = 30, gamma: float = 0.1, warmup: int = 0, unit: str = "epoch") -> None:
        super().__init__(unit)
        self.size, self.gamma, self.warmup = size, gamma, warmup

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        if at < self.warmup:
            return (at + 1) / (self.warmup + 1)
        return float(self.gamma ** ((at - self.warmup) // self.size))


class Cosine(Schedule):
    """Falls from 1 to ``floor`` along half a cosine over the whole run."""

    def __init__(self, floor: float = 0.0, warmup: int = 0, unit: str = "epoch") -> None:
        super().__init__(unit)
        self.floor, self.warmup = floor, warmup

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        if at < self.warmup:
            return (at + 1) / (self.warmup + 1)
        done = min(1.0, (at - self.warmup) / max(1, total - self.warmup))
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * done)) / 2


class OneCycle(Schedule):
    """Rises from 1 / ``start`` of the rate to all of it, then falls to 1 / (``start`` · ``end``), along cosines."""

    def __init__(self, rise: float = 0.3, start: float = 25.0, end: float = 1e4, unit: str = "step") -> None:
        super().__init__(unit)
        self.rise, self.start, self.end = rise, start, end

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        top = self.rise * total - 1
        if at <= top:
            return blend(1 / self.start, 1.0, at / top if top > 0 else 1.0)
        done = (at - top) / max(1e-12, total - 1 - top)
        return blend(1.0, 1 / (self.start * self.end), min(1.0, done))


class LinearWarmup(Schedule):
    """Rises in a straight line from ``start`` to 1 within the first ``length`` steps or epochs, then stays."""

    def __init__(self, length: int = 100, start: float = 0.0, unit: str = "step") -> None:
        super().__init__(unit)
        self.length, self.start = length, start

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        return self.start + (1 - self.start) * min(1.0, at / self.length)


class Plateau(Schedule):
    """Multiplies by ``factor`` when a validation's result has not improved ``patience`` times in a row."""

    def __init__(
        self, mode: str = "min", factor: float = 0.1, patience: int = 10, threshold: float = 1e-4, floor: float = 0.0
    ) -> None:
        super().__init__("epoch")
        self.mode, self.factor, self.patience, self.threshold, self.floor = mode, factor, patience, threshold, floor
        self.current, self.waited = 1.0, 0
        self.best: float | None = None

    def scale(self, at: int, total: int) -> float:
        """The factor at this time."""
        return self.current

    def observe(self, value: float) -> None:
        """Take note of a validation's result."""
        if self.is_better(value):
            self.best, self.waited = value, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.current, self.waited = max(self.floor, self.current * self.factor), 0

    def is_better(self, value: float) -> bool:
        """Whether this is a real improvement: by more than ``threshold`` of the best result so far."""
        if self.best is None:
            return not math.isnan(value)
        margin = abs(self.best) * self.threshold
        return value < self.best - margin if self.mode == "min" else value > self.best + margin

    def state_dict(self) -> dict[str, Any]:
        """What an exact resume needs."""
        return {"current": self.current, "waited": self.waited, "best": self.best}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from there."""
        self.current, self.waited, self.best = state["current"], state["waited"], state["best"]


def blend(first: float, last: float, done: float) -> float:
    """Go from the first value to the last along half a cosine."""
    return last + (first - last) * (1 + math.cos(math.pi * done)) / 2


def apply_scale(optimizer: Optimizer, scale: float) -> None:
    """Set the learning rate of every group to its own rate at the start times the factor."""
    for group in optimizer.param_groups:
        group["lr"] = group.setdefault("initial_lr", group["lr"]) * scale
