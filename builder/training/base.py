"""The contract of the training graph's kinds: the same as a layer's, and the role that a kind plays in a step."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder.document import Every, FieldFacts
from builder.kinds import Construct, Params, Port
from builder.layers.base import Layer, Specs

Role = Literal["data", "network", "draw", "operation", "loss", "penalty", "metric", "preview", "updater"]


class TrainingKind(Layer):
    """A kind of node of the training graph.

    ``cuts_gradient``: gradients end here. ``rests_in_evaluation``: outside training its first input goes through.
    ``asks_network``: its parameter ``network`` names one that it calls itself, as often as it likes.
    ``remembers``: its module keeps something from step to step, so it is evaluated once a step and kept in checkpoints.
    """

    role: ClassVar[Role]
    cuts_gradient: ClassVar[bool] = False
    rests_in_evaluation: ClassVar[bool] = False
    asks_network: ClassVar[bool] = False
    remembers: ClassVar[bool] = False


class Loss(TrainingKind):
    """A number to make small. ``construct`` gives a module that is called with the inputs and returns a scalar."""

    role = "loss"
    bypass = "gone"


class Metric(TrainingKind):
    """Something to measure over a whole part of the data.

    ``construct`` gives an object with ``update(*inputs)`` (no synchronisation with the device), ``compute()`` (a float,
    or a nested list for a matrix) and ``reset()``. State is weighted by the number of samples. What gives a matrix cannot
    be watched or drawn as a curve: it says so by ``is_number``. What needs to know more of the truth than its shape, such
    as the names of its classes, says so by ``asks_truth``; ``construct_for_truth`` is then given what is known of that field.
    """

    role = "metric"
    is_number: ClassVar[bool] = True
    asks_truth: ClassVar[bool] = False
    outputs = ()
    goal: ClassVar[Literal["min", "max"]] = "max"

    @classmethod
    def construct_for_truth(cls, params: Any, specs: Specs, truth: FieldFacts) -> Construct:
        """How the object is made for a field of the data as the truth. Raises Misfit where the field does not fit."""
        raise NotImplementedError(cls.kind)


class Preview(TrainingKind):
    """Something to look at while a network learns: data that the screen draws, never a figure."""

    role = "preview"
    outputs = ()

    @classmethod
    def payload(cls, params: Any, facts: dict[str, Any], *inputs: Any) -> dict[str, Any]:
        """What is drawn, as JSON: ``{"type": ..., ...}`` of the closed set in ``builder/training/previews.py``.

        One that ``asks_network`` is also given the network as ``network``.
        """
        raise NotImplementedError(cls.kind)


class When(Every):
    """When an updater takes its turn: at every n-th step or epoch, from one on, until one."""

    unit: Literal["step", "epoch"] = "step"
    start: int = Field(0, ge=0, alias="from")
    until: int | None = Field(None, ge=0)


class UpdaterParams(Params):
    """What every updater has: the networks it changes, its place in the step, and when it takes its turn."""

    networks: tuple[str, ...] = Field((), description="The networks that it changes.")
    order: int = Field(0, description="Updaters of equal order act together, lower ones before higher ones.")
    when: When | None = Field(None, description="When it takes its turn; every step unless told otherwise.")


class Updater(TrainingKind):
    """What changes parameters: optimizers, averages, clipped weights."""

    role = "updater"
    inputs: ClassVar[tuple[Port, ...]] = ()
    outputs = ()
