"""From what a few steps cost to what a whole run will: arithmetic, and nothing is measured here."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from builder.document import Every
from runtime.loop import (
    BEST_CHECKPOINT_SECONDS,
    CHECKPOINT_SECONDS,
    FIRST_CHECKPOINT_SECONDS,
    FLUSH_SECONDS,
    LONGEST_UNSAVED_SECONDS,
    SAMPLE_SECONDS,
    SAMPLE_SHARE,
)

SAFE = 0.9
"""The part of what is free that a batch may take: the rest of the computer goes on living."""


BEGINNING_SECONDS = 0.08
"""Until a worker has a run in its hands, and what its first hundred steps take longer: no few steps show that. On two cores."""


@dataclass(frozen=True)
class Costs:
    """Seconds, each measured alone.

    Attributes:
        loading: from prepared data to the first step.
        first: the first step.
        step: each of the others, with the loop around it.
        flush: writing down what gathered in a quarter of a second.
        preview: showing samples.
        validation: measuring the whole validation part.
        test: measuring the whole test part.
        saving: a checkpoint.
    """

    loading: float = 0.0
    first: float = 0.0
    step: float = 0.0
    flush: float = 0.0
    preview: float = 0.0
    validation: float = 0.0
    test: float = 0.0
    saving: float = 0.0


@dataclass(frozen=True)
class Schedule:
    """What happens how often in a run."""

    steps: int
    batches: int
    validation: Every = field(default_factory=Every)
    checkpoint: Every = field(default_factory=Every)
    keeps_best: bool = False

    def interval(self, every: Every) -> int:
        """Steps from one time to the next."""
        return every.every * (1 if every.unit == "step" else max(1, self.batches))

    @property
    def validations(self) -> int:
        """How often the validation part is measured: after every so many steps, and at the end."""
        return (max(1, self.steps) - 1) // self.interval(self.validation) + 1


def foresee_seconds(costs: Costs, schedule: Schedule) -> float:
    """How long a run takes that is not ended early, from the start of its worker."""
    preview_pause = max(SAMPLE_SECONDS, costs.preview / SAMPLE_SHARE, costs.step)
    looked_at = 1 + costs.flush / max(FLUSH_SECONDS, costs.step) + costs.preview / preview_pause
    training = costs.first + max(0, schedule.steps - 1) * costs.step * looked_at
    measuring = schedule.validations * costs.validation + costs.test
    ends = BEGINNING_SECONDS + costs.loading + 2 * costs.preview
    return ends + training + measuring + costs.saving * count_savings(costs, schedule, training + measuring)


def count_savings(costs: Costs, schedule: Schedule, seconds: float) -> float:
    """How many checkpoints are saved in so many seconds: soon after the beginning, again and again, and at the end."""
    each = seconds / max(1, schedule.steps)
    pause = min(max(CHECKPOINT_SECONDS, each * schedule.interval(schedule.checkpoint)), LONGEST_UNSAVED_SECONDS)
    if schedule.keeps_best and costs.validation:
        pause = min(pause, max(BEST_CHECKPOINT_SECONDS, each * schedule.interval(schedule.validation)))
    later = max(0.0, seconds - FIRST_CHECKPOINT_SECONDS)
    return 1 + (seconds > FIRST_CHECKPOINT_SECONDS) + later // pause


@dataclass(frozen=True)
class Growth:
    """How memory grows with the batch: what is there in any case, and what each row adds. Bytes."""

    fixed: float
    row: float

    def at(self, batch: int) -> float:
        """The memory of a batch of so many rows."""
        return self.fixed + self.row * batch

    def fit(self, room: float, most: int) -> int:
        """The largest batch that has room, up to ``most``; 0 where not one row has."""
        if self.at(most) <= room:
            return most
        return max(0, math.floor((room - self.fixed) / self.row)) if self.row > 0 else 0


def find_growth(small: tuple[int, float], large: tuple[int, float]) -> Growth:
    """The growth from two batches, each with its peak. More rows never take less: what differs so is the measuring."""
    rows = large[0] - small[0]
    row = max(0.0, (large[1] - small[1]) / rows) if rows > 0 else 0.0
    return Growth(max(0.0, large[1] - row * large[0]), row)


@dataclass(frozen=True)
class Forecast:
    """What a run will take.

    Attributes:
        seconds: from the start of its worker to its end; less where it is ended early.
        memory: the most bytes at any moment, with the data that it reads.
        room: bytes that are free for it on its device.
        steps: how many it will take.
        step: seconds of one of them.
        batch: rows of a batch of the leading data.
        largest: the largest batch that has room.
        most: the rows that there are: more make no larger batch.
        device: ``cpu`` or ``cuda:0``.
        advice: what to change where the run does not fit; empty where it does.
    """

    seconds: float
    memory: int
    room: int
    steps: int
    step: float
    batch: int
    largest: int
    most: int
    device: str = "cpu"
    advice: str = ""

    @property
    def fits(self) -> bool:
        """Whether the run has the memory that it needs."""
        return not self.advice

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON takes it."""
        return {**asdict(self), "fits": self.fits}
