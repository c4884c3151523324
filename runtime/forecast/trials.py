"""Steps with smaller and larger batches, to see what their rows add to the memory and how long a step of the run will take."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from builder.document import Project
from runtime.fast_path import adapt_project
from runtime.forecast.batches import count_most, count_rows, with_rows
from runtime.forecast.costs import Growth, find_growth
from runtime.forecast.memory import choose_meter
from runtime.runs.batch_advice import Prepared
from runtime.session import Session

LEAST_BATCH = 2
"""A batch normalisation does not learn from a single row."""
TELLING = 32 * 2**20
"""A difference that the memory of a process shows."""
QUICK_SECONDS = 0.25
TRIAL_STEPS = 2
"""The second one has what optimizers keep beside the weights."""
TRIAL_SECONDS = 6.0
"""No trial on the way to half a batch is meant to take longer."""
LONGEST_STEP_SECONDS = 6.0
"""Steps of the run that would take longer are measured with fewer rows."""
TIMES = 8

Tell = Callable[[str], None]
"""Told what is being done, in a person's words."""


class Keeping:
    """Counts the memory of what is kept for the way back, every piece once."""

    def __init__(self) -> None:
        self.pieces: dict[int, int] = {}

    def keep(self, tensor: Tensor) -> Tensor:
        """Count a tensor that is kept."""
        storage = tensor.untyped_storage()
        self.pieces[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()


def give_back(tensor: Tensor) -> Tensor:
    """The tensor that was kept."""
    return tensor


class Trials:
    """Steps of sessions that are made for it, with batches of other sizes than the run's.

    Attributes:
        rows: of the run's largest batch: no more than there are samples.
        fewer: the rows of the batch that the run's is compared with.
        seconds: how long the last step took.
        kept: the bytes that it kept for the way back.
    """

    def __init__(self, project: Project, prepared: Prepared, device: torch.device, tell: Tell) -> None:
        self.project, self.prepared, self.device = adapt_project(project, prepared, device), prepared, device
        self.meter, self.tell = choose_meter(device), tell
        self.most = count_most(project)
        self.rows = min(count_rows(project), self.most)
        self.fewer = min(LEAST_BATCH, self.most)
        self.seconds = 0.0
        self.kept = 0.0
        self.least = (self.fewer, self.kept)

    def approach(self) -> float:
        """The most memory of steps with half a batch, or with as much of it as a few seconds are enough for."""
        half = max(self.fewer, self.rows // 2)
        peak = self.take_steps(self.fewer)
        self.least = (self.fewer, self.kept)
        while self.fewer < half:
            more = min(half, int(self.fewer * TRIAL_SECONDS / (TRIAL_STEPS * self.seconds)))
            if more < half and more < 2 * self.fewer:
                break
            peak, self.fewer = self.take_steps(more), more
        return peak

    def choose_rows(self) -> int:
        """The rows of the batches that the run is measured with: its own, or as many as a step has time for."""
        foreseen = self.seconds * self.rows / self.fewer
        if foreseen <= LONGEST_STEP_SECONDS:
            return self.rows
        return max(self.fewer, int(self.rows * LONGEST_STEP_SECONDS / foreseen))

    def compare(self, less: float, rows: int, more: float) -> Growth:
        """The growth from fewer rows to so many. Where it cannot be told, and steps are quick, from more rows.

        What far more rows take is reckoned from the tensors that each keeps, which grow evenly. The memory of the process does
        not: between small tensors it has free pieces that it has not between large ones, which are given back one by one. A
        ResNet took 8 MB a row in batches of 128, and 5 in batches of 1,617.
        """
        if rows < self.rows and self.fewer > self.least[0]:
            row = find_growth(self.least, (self.fewer, self.kept)).row
            return Growth(max(0.0, more - row * rows), row)
        if more - less > TELLING or self.seconds >= QUICK_SECONDS or rows >= self.most:
            return find_growth((self.fewer, less), (rows, more))
        least, less = rows, self.take_steps(rows)
        more = less
        while more - less <= TELLING and rows < self.most and self.seconds < QUICK_SECONDS:
            rows = min(rows * TIMES, self.most)
            more = self.take_steps(rows)
        return find_growth((least, less), (rows, more))

    def take_steps(self, rows: int) -> float:
        """The most memory that two steps with batches of so many rows take."""
        self.meter.restart()
        session = Session.create(with_rows(self.project, rows), self.prepared, self.device)
        for number in range(TRIAL_STEPS):
            self.tell(f"step {number + 1} of {TRIAL_STEPS} with batches of {rows:,}")
            begun, keeping = time.perf_counter(), Keeping()
            with saved_tensors_hooks(keeping.keep, give_back):
                session.run_step()
            if self.device.type == "cuda":
                torch.cuda.synchronize(self.device)
            self.kept = float(sum(keeping.pieces.values()))
            self.seconds = time.perf_counter() - begun
        peak = self.meter.peak()
        del session
        gc.collect()
        return float(peak)
