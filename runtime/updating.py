"""What every updater of the training graph is in a step, whatever it changes its networks by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from torch import Tensor

from builder.plan import Turn
from builder.training.base import When


class Updating(Protocol):
    """An updater at work: it takes turns, changes its networks, and can be written down and picked up again."""

    @property
    def is_simple(self) -> bool:
        """Whether its part is the same in every step."""

    def next_turn(self, step: int, epoch: int) -> Turn | None:
        """Its part in a step, None when it is not its turn."""

    def step(self) -> None:
        """Change its networks. All that this does lies in tensors, so that a GPU can be shown it once and repeat it."""

    def advance(self) -> None:
        """Count the step that was taken, and prepare for the next one."""

    def tensors(self) -> dict[str, Tensor]:
        """Its tensors that an exact resume needs."""

    def state(self) -> dict[str, Any]:
        """Everything else that an exact resume needs, as JSON."""

    def restore(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Go on from there."""


class Watching(Protocol):
    """Somebody who looks at what updaters do, now and then (``runtime/looks/watch.py``)."""

    def update(self, updater: Updating) -> None:
        """Let an updater change its networks."""


def is_due(when: When | None, step: int, epoch: int) -> bool:
    """Whether an updater takes its turn in a step; both numbers count from 0."""
    if when is None:
        return True
    at = step if when.unit == "step" else epoch
    return (at + 1) % when.every == 0 and at >= when.start and (when.until is None or at < when.until)
