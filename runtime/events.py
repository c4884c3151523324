"""What a run reports while it happens. The loop yields events, the store keeps them, the screen reads the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["interval", "best", "pause", "stop", "end"]
Split = Literal["train", "validation", "test"]
Status = Literal["queued", "running", "paused", "stopped", "finished", "failed", "interrupted"]


@dataclass(frozen=True)
class Phase:
    """What the run is busy with: ``preparing data``, ``warming up``, ``training``, ``validating``, ``testing``, ``saving``."""

    name: str
    detail: str = ""


@dataclass(frozen=True)
class Scalars:
    """Numbers at a step. ``step`` counts steps that are done; ``epoch`` is fractional; ``seconds`` is time spent training."""

    step: int
    epoch: float
    seconds: float
    split: Split
    values: dict[str, float]


@dataclass(frozen=True)
class Table:
    """A metric that is not one number, such as a confusion matrix."""

    step: int
    split: Split
    node: str
    value: list[Any]


@dataclass(frozen=True)
class Sample:
    """What a preview node saw at a step: data for the screen to draw."""

    step: int
    node: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What the networks looked like in one step: weights, gradients, updates and outputs of every node, as JSON.

    ``nodes`` are in the order of computation. Each says where it stands (``network``, ``trail``, ``graph``, ``node``), its
    ``kind``, and in ``output``, ``gradients``, ``weights`` and ``statistics`` what was measured (``runtime/looks/watch.py``).
    ``rates`` are the learning rates of the optimizers that stepped.
    """

    step: int
    nodes: list[dict[str, Any]]
    rates: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Diagnosis:
    """What the run's doctor found at a step, or finds no more. ``finding`` is one of the checker's form, as JSON.

    ``key`` is the same each time the same is found: what, and at which node.
    """

    step: int
    key: str
    finding: dict[str, Any]
    is_open: bool = True


@dataclass(frozen=True)
class Effort:
    """What steps cost beside what the machine could do, and what they wait for, on average since the run began or went on.

    Attributes:
        seconds: of a step alone.
        shares: of all time, by what it was spent on: ``data``, ``computing``, ``optimizer``, and ``watching``, which is all that
            happens between steps: reports, samples, looks, validations, checkpoints.
        memory: bytes: of the process now, on a GPU the most that tensors took.
        operations: arithmetic operations of a step; 0 where they could not be counted.
        bytes: that a step moves between memory and processor.
        share: the least time that the machine's ceilings allow for a step, as part of the time that it takes; None until known.
        ceiling: which of the two that is.
        most_operations: the machine's ceiling of arithmetic, a second.
        most_bytes: its ceiling of memory, a second.
        measured: the day on which the ceilings were measured.
        busy: on a GPU, which of the two the other one waits for.
    """

    seconds: float
    shares: dict[str, float]
    memory: int
    operations: float = 0.0
    bytes: float = 0.0
    share: float | None = None
    ceiling: Literal["", "arithmetic", "memory"] = ""
    most_operations: float = 0.0
    most_bytes: float = 0.0
    measured: str = ""
    busy: Literal["", "gpu", "program"] = ""


@dataclass(frozen=True)
class Progress:
    """How far the run is and how fast it goes. ``seconds_left`` is None until it is known, ``effort`` until steps were timed."""

    step: int
    steps: int
    epoch: float
    epochs: int
    seconds: float
    samples_per_second: float
    seconds_left: float | None
    effort: Effort | None = None


@dataclass(frozen=True)
class CheckpointDue:
    """The loop stands between two steps and a checkpoint is wanted; ``best`` when the kept metric has just improved.

    ``metrics`` were measured on the validation part at this very step; ``is_best`` says that these are the best weights so
    far, whatever the reason.
    """

    step: int
    reason: Reason
    metrics: dict[str, float] = field(default_factory=dict)
    is_best: bool = False


@dataclass(frozen=True)
class Ended:
    """How the run ended. ``reason`` and ``advice`` are sentences for a person; ``metrics`` are the last ones of each split."""

    status: Status
    reason: str = ""
    advice: str = ""
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)


Event = Phase | Scalars | Table | Sample | Look | Diagnosis | Progress | CheckpointDue | Ended
