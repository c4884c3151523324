"""Times a step now and then, part by part, without waiting for the device.

On the CPU a moment is a glance at the clock. On a GPU it is an event that is put among its work and read much later, when it
has long happened: what was measured there is the time of the GPU, not of the program that hands work to it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Literal, Protocol

import torch

PAUSE_SECONDS = 0.02
"""The least between two steps that are timed: longer steps are all timed, of short ones a few in a hundred."""
MOST_WAITING = 1_000
"""Timed steps of a GPU that are kept until they are read."""

Part = Literal["data", "computing", "optimizer"]


class Moments(Protocol):
    """How moments are taken."""

    def take(self) -> Any:
        """A moment, as far as the work that was ordered before."""

    def between(self, first: Any, last: Any) -> float:
        """Seconds from one to another; both have passed."""

    def has_passed(self, moment: Any) -> bool:
        """Whether the device has come that far. Waits for nothing."""


class HostMoments:
    """Moments of this process."""

    def take(self) -> float:
        """Now."""
        return time.perf_counter()

    def between(self, first: float, last: float) -> float:
        """Seconds."""
        return last - first

    def has_passed(self, moment: float) -> bool:
        """Always."""
        return True


class GpuMoments:
    """Moments of a GPU."""

    def take(self) -> Any:
        """An event among the GPU's work."""
        event: Any = torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]
        event.record()
        return event

    def between(self, first: Any, last: Any) -> float:
        """Seconds; events tell milliseconds."""
        return float(first.elapsed_time(last)) / 1000

    def has_passed(self, moment: Any) -> bool:
        """Whether the GPU has come to it."""
        return bool(moment.query())


class StepClock:
    """Seconds of steps by what they were spent on.

    Args:
        moments: of the device that computes.
        now: the clock by which it is decided when a step is timed.
    """

    def __init__(self, moments: Moments, now: Callable[[], float] = time.perf_counter) -> None:
        self.moments, self.now = moments, now
        self.marks: list[tuple[Part, Any]] = []
        self.waiting: list[list[tuple[Part, Any]]] = []
        self.restart()

    def restart(self) -> None:
        """Forget what was measured: the first step is slower than all others. The next one is timed."""
        self.waiting.clear()
        self.due = 0.0
        self.seconds: dict[Part, float] = defaultdict(float)
        self.num_timed = self.num_ended = self.num_behind = 0

    def begin(self) -> bool:
        """Begin a step with its data, and say whether it is timed."""
        now = self.now()
        if now < self.due:
            return False
        self.due = now + PAUSE_SECONDS
        self.marks = [("data", self.moments.take())]
        return True

    def enter(self, part: Part) -> None:
        """From here on the step does something else."""
        if part != self.marks[-1][0]:
            self.marks.append((part, self.moments.take()))

    def end(self) -> None:
        """The step has been ordered: note whether the device has even begun with it, and keep it until it is read."""
        self.num_ended += 1
        self.num_behind += not self.moments.has_passed(self.marks[0][1])
        self.marks.append((self.marks[-1][0], self.moments.take()))
        if len(self.waiting) < MOST_WAITING:
            self.waiting.append(self.marks)

    def read(self) -> None:
        """Add up the timed steps that the device is done with."""
        done = [marks for marks in self.waiting if self.moments.has_passed(marks[-1][1])]
        self.waiting = [marks for marks in self.waiting if marks not in done] if len(done) < len(self.waiting) else []
        for marks in done:
            self.num_timed += 1
            for (part, first), (_, last) in pairwise(marks):
                self.seconds[part] += self.moments.between(first, last)

    @property
    def step(self) -> float:
        """Seconds of a step on average; 0 while none was timed."""
        return sum(self.seconds.values()) / self.num_timed if self.num_timed else 0.0

    @property
    def is_behind(self) -> bool:
        """Whether the device mostly had not begun with a step when the next one was ordered: it is never idle then."""
        return self.num_behind > self.num_ended / 2
