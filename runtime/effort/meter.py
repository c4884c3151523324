"""What a run's steps cost: where their time goes, what they had to do, and the part of the machine that this takes."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import torch
from torch import Tensor

from builder.columns import time_axis
from builder.flow import Flow
from builder.plan import StepPlan
from builder.step_work import Sizes, Work, count_step
from runtime.effort.ceilings import Ceilings, find_ceilings, learn_ceilings
from runtime.effort.clock import GpuMoments, HostMoments, StepClock
from runtime.events import Effort
from runtime.feeding import Feed
from runtime.forecast.memory import read_peak, read_status
from runtime.step import Stepper, StepRunner

MEASURE_AFTER_SECONDS = 2.0
"""A run that trains for so long is worth the third of a second in which it is found out what the machine can do."""
BATCHES = 64
"""Of so many batches it is seen how long their rows are."""


class EffortMeter:
    """Measures a run while it trains, and changes none of its numbers."""

    def __init__(self, stepper: Stepper, flows: Mapping[str, Flow], feeds: Mapping[str, Feed]) -> None:
        self.stepper, self.flows, self.feeds = stepper, flows, feeds
        self.machinery = stepper.machinery
        self.is_gpu = self.machinery.device.type == "cuda"
        self.clock = StepClock(GpuMoments() if self.is_gpu else HostMoments())
        self.ceilings: Ceilings | None = None
        self.environment: dict[str, Any] = {}
        self.begun = math.inf
        self.counted: dict[StepPlan, Work] = {}

    def know_machine(self, environment: dict[str, Any]) -> None:
        """Be told where the run trains, and remember what that machine can do."""
        self.environment, self.ceilings = environment, find_ceilings(environment)
        self.begun = math.inf if self.ceilings else time.perf_counter()

    def seek_ceilings(self) -> None:
        """Find out what the machine can do where nobody knows: between two steps, after the first losses were told, once."""
        if self.clock.num_timed and time.perf_counter() - self.begun > MEASURE_AFTER_SECONDS:
            self.begun = math.inf
            self.ceilings = learn_ceilings(self.environment, self.machinery.device)

    def restart(self) -> None:
        """Begin to measure, after the first step."""
        self.clock.restart()
        for runner in self.stepper.runners.values():
            runner.num_timed = 0

    def describe(self, seconds: float, steps: int) -> Effort | None:
        """What so many steps in so many seconds cost; None while none was timed."""
        clock = self.clock
        clock.read()
        if not clock.step or steps < 1:
            return None
        stepping = min(1.0, clock.step * steps / seconds)
        shares: dict[str, float] = {
            part: stepping * spent / sum(clock.seconds.values()) for part, spent in clock.seconds.items()
        }
        work, most = self.find_work(), self.ceilings
        busy: Literal["", "gpu", "program"] = ("gpu" if clock.is_behind else "program") if self.is_gpu else ""
        shares["watching"] = 1 - stepping
        told = Effort(clock.step, shares, self.read_memory(), work.operations, work.bytes, busy=busy)
        return told if most is None else compare(told, most)

    def find_work(self) -> Work:
        """What a step had to do on average; steps in which not every updater has its turn differ."""
        runners = [runner for runner in self.stepper.runners.values() if runner.num_timed]
        total = sum((self.count(runner) * runner.num_timed for runner in runners), Work())
        return total * (1 / max(1, sum(runner.num_timed for runner in runners)))

    def count(self, runner: StepRunner) -> Work:
        """What one kind of step has to do, counted once. Nobody's training ends because that cannot be counted."""
        if runner.plan not in self.counted:
            try:
                kept = {id: count_kept(item.optimizer) for id, item in self.machinery.optimizers.items()}
                work = count_step(self.machinery.plan, self.flows, runner.plan, self.find_sizes(), kept)
            except Exception:
                work = Work()
            self.counted[runner.plan] = work
        return self.counted[runner.plan]

    def find_sizes(self) -> Sizes:
        """How large batches are, and on average how long their rows."""
        rows = max((len(feed.batches[0]) for feed in self.feeds.values() if feed.batches), default=1)
        steps: dict[str, float] = {}
        for id, feed in self.feeds.items():
            source = self.machinery.plan.project.data[self.machinery.plan.params(id).source]
            for column in feed.columns:
                if column.is_lengths:
                    steps.setdefault(time_axis(source, column.field), find_length(feed, column.name))
        return Sizes(rows, steps, 2 if self.machinery.bf16 else 4)

    def read_memory(self) -> int:
        """The memory that the run takes."""
        if self.is_gpu:
            return torch.cuda.max_memory_allocated(self.machinery.device)
        return read_status("VmRSS") or read_peak()


def compare(effort: Effort, most: Ceilings) -> Effort:
    """What steps cost, beside what the machine could do."""
    arithmetic, memory = effort.operations / most.operations, effort.bytes / most.bytes
    return replace(
        effort,
        share=max(arithmetic, memory) / effort.seconds if effort.bytes else None,
        ceiling="arithmetic" if arithmetic > memory else "memory",
        most_operations=most.operations,
        most_bytes=most.bytes,
        measured=most.measured,
    )


def count_kept(optimizer: torch.optim.Optimizer) -> int:
    """The bytes that an optimizer keeps beside the weights."""
    return sum(
        value.nbytes
        for slots in optimizer.state.values()
        for value in slots.values()
        if isinstance(value, Tensor) and value.ndim
    )


def find_length(feed: Feed, name: str) -> float:
    """How long the rows of a batch are on average: as its longest."""
    longest = [feed.tensors[name][rows].max() for rows in feed.batches[:BATCHES]]
    return float(torch.stack(longest).double().mean()) if longest else 1.0
