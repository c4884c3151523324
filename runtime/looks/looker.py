"""Takes looks while a run trains, so seldom that they cost next to nothing, and in a way that changes no number."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor

from runtime.events import Look
from runtime.looks.pace import Pace
from runtime.looks.spread import measure_spreads
from runtime.looks.watch import Watch
from runtime.step import Machinery

LONGEST_WAIT = 64
"""For so many steps an optimizer that rests is waited for; then the look is over without it."""


class Looker:
    """Looks at a training now and then. Between two looks it costs one glance at the clock a step."""

    def __init__(self, machinery: Machinery, pace: Pace | None = None) -> None:
        self.machinery = machinery
        self.pace = pace or Pace()
        self.watch: Watch | None = None
        self.begun = 0
        self.taken: list[Look] = []
        measure_spreads([torch.zeros(1, device=machinery.device)])  # the first time takes long, and would be counted

    def run_step(self, run: Callable[[], dict[str, Tensor]], step: int) -> dict[str, Tensor]:
        """Run step number ``step`` (from 0), and look at it where that is due."""
        if self.watch is None:
            return self.look(run, step) if self.pace.is_due() else run()
        log = run()
        if not self.watch.waiting or step - self.begun > LONGEST_WAIT:
            self.end()
        return log

    def look(self, run: Callable[[], dict[str, Tensor]], step: int) -> dict[str, Tensor]:
        """Run a step and measure what comes out of every node, how steep the loss is and how far the weights go."""
        start = time.perf_counter()
        watch = self.watch = self.machinery.watch = Watch(self.machinery.networks, self.machinery.optimizers)
        self.begun = step
        with watch.outputs():
            log = run()
        if not watch.waiting:
            self.end()
        if self.machinery.device.type == "cuda" and self.taken:
            self.pace.add(time.perf_counter() - start - watch.cost)
        return log

    def end(self) -> None:
        """Read what was measured and keep it until it is taken."""
        if self.watch is None:
            return
        watch, self.watch, self.machinery.watch = self.watch, None, None
        nodes = watch.read()
        self.taken.append(Look(self.begun + 1, nodes, watch.rates))
        self.pace.rest(watch.cost)

    def take(self) -> list[Look]:
        """The looks that are ready."""
        taken, self.taken = self.taken, []
        return taken
