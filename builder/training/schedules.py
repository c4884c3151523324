"""The schedules that an optimizer can have, as parameters; what they compute is in ``builder/parts/schedules.py``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from builder.kinds import Construct, Params
from builder.parts import schedules as parts

Unit = Literal["step", "epoch"]
UNIT_HELP = "Whether it counts the optimizer's own steps or the epochs."
WARMUP_HELP = "How many steps or epochs the learning rate first takes to rise to its full size."


class ConstantSchedule(Params):
    """The learning rate stays as it is."""

    kind: Literal["constant"] = "constant"


class StepSchedule(Params):
    """The learning rate falls by a factor every so often."""

    kind: Literal["step"] = "step"
    size: int = Field(30, ge=1, description="How many steps or epochs lie between two falls.")
    gamma: float = Field(0.1, gt=0, le=1, description="What the learning rate is multiplied by.")
    warmup: int = Field(0, ge=0, description=WARMUP_HELP)
    unit: Unit = Field("epoch", description=UNIT_HELP)


class CosineSchedule(Params):
    """The learning rate falls along half a cosine until the end of the run."""

    kind: Literal["cosine"] = "cosine"
    floor: float = Field(0.0, ge=0, le=1, description="What part of the learning rate is left at the end.")
    warmup: int = Field(0, ge=0, description=WARMUP_HELP)
    unit: Unit = Field("step", description=UNIT_HELP)


class OneCycleSchedule(Params):
    """The learning rate rises, then falls to almost nothing: quick training with a large learning rate."""

    kind: Literal["one_cycle"] = "one_cycle"
    rise: float = Field(0.3, gt=0, lt=1, description="What part of the run it rises for.")
    start: float = Field(25.0, ge=1, description="It starts at the learning rate divided by this.")
    end: float = Field(1e4, ge=1, description="It ends at the first rate divided by this.")
    unit: Unit = Field("step", description=UNIT_HELP)


class WarmupSchedule(Params):
    """The learning rate rises in a straight line at the start, then stays."""

    kind: Literal["warmup"] = "warmup"
    length: int = Field(100, ge=1, description="How many steps or epochs it takes to rise.")
    start: float = Field(0.0, ge=0, le=1, description="What part of the learning rate it starts with.")
    unit: Unit = Field("step", description=UNIT_HELP)


class PlateauSchedule(Params):
    """The learning rate falls when a metric of the validation part stops getting better."""

    kind: Literal["plateau"] = "plateau"
    metric: str = Field(
        "loss", max_length=80, description="The id of the loss or metric that is watched on the validation part."
    )
    mode: Literal["min", "max"] = Field("min", description="Whether smaller or larger is better.")
    factor: float = Field(0.1, gt=0, lt=1, description="What the learning rate is multiplied by.")
    patience: int = Field(10, ge=0, description="How many validations without an improvement are waited for.")
    threshold: float = Field(1e-4, ge=0, description="What part of the best value an improvement must at least be.")
    floor: float = Field(0.0, ge=0, le=1, description="What part of the learning rate is always left.")


Schedule = Annotated[
    ConstantSchedule | StepSchedule | CosineSchedule | OneCycleSchedule | WarmupSchedule | PlateauSchedule,
    Field(discriminator="kind"),
]

TARGETS: dict[str, type[parts.Schedule]] = {
    "step": parts.StepDecay,
    "cosine": parts.Cosine,
    "one_cycle": parts.OneCycle,
    "warmup": parts.LinearWarmup,
    "plateau": parts.Plateau,
}


def construct_schedule(schedule: Schedule) -> Construct | None:
    """How the schedule is made; None where the learning rate stays as it is."""
    if isinstance(schedule, ConstantSchedule):
        return None
    return Construct(TARGETS[schedule.kind], kwargs=schedule.model_dump(exclude={"kind", "metric"}))
