"""Updaters of the training graph that follow no loss, at work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from builder.parts.averaging import average_weights, clip_weights
from builder.plan import Turn
from builder.step_planner import TrainingPlan
from runtime.updating import is_due


class Following:
    """What these updaters share: they take turns, and have nothing that a resume would need."""

    def __init__(self, plan: TrainingPlan, id: str, networks: Mapping[str, nn.Module]) -> None:
        self.id = id
        self.params: Any = plan.params(id)
        self.networks = networks
        self.is_simple = self.params.when is None

    def next_turn(self, step: int, epoch: int) -> Turn | None:
        """Its part in a step, None when it is not its turn."""
        return Turn(self.id) if is_due(self.params.when, step, epoch) else None

    def step(self) -> None:
        """Change its networks."""
        raise NotImplementedError

    def advance(self) -> None:
        """Nothing is counted."""

    def tensors(self) -> dict[str, Tensor]:
        """None: weights are kept with their networks."""
        return {}

    def state(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def restore(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """There is nothing to pick up."""


class Averaging(Following):
    """One network follows another one."""

    def __init__(self, plan: TrainingPlan, id: str, networks: Mapping[str, nn.Module]) -> None:
        super().__init__(plan, id, networks)
        self.follow(0.0)

    def step(self) -> None:
        """Move a little towards the other network."""
        self.follow(self.params.decay)

    def follow(self, decay: float) -> None:
        """Move all followers."""
        for name in self.params.networks:
            average_weights(self.networks[name], self.networks[self.params.network], decay)


class Clipping(Following):
    """Weights stay within bounds."""

    def step(self) -> None:
        """Push back what went beyond."""
        for name in self.params.networks:
            clip_weights(self.networks[name], self.params.limit)


FOLLOWING: dict[str, type[Following]] = {"Average": Averaging, "ClipWeights": Clipping}
