"""What a run was like at its last good look, and the way from there to the step in which its numbers were lost, once more.

On ordinary steps nobody waits for the device to see whether its numbers still are numbers. A run is exact, so its last steps
can be taken again and watched when it is too late anyway.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from runtime.events import Look
from runtime.looks.pace import Pace
from runtime.session import Session

MOST_BYTES = 256 * 2**20
"""Of larger networks no copy is kept."""
LONGEST_SECONDS = 20.0
WATCHED = 2
"""So many of the last steps are looked at: what is lost in one step often shows in the next."""


@dataclass(frozen=True)
class Memory:
    """Everything that going on from a step needs, but for the best weights."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]


class Eager(Pace):
    """Looks at every step."""

    def is_due(self) -> bool:
        """It is."""
        return True


def remember(session: Session) -> Memory | None:
    """Keep how a run stands between two steps; None where that takes too much memory."""
    tensors = {name: tensor for name, tensor in session.tensors().items() if not name.startswith("best/")}
    if sum(tensor.numel() * tensor.element_size() for tensor in tensors.values()) > MOST_BYTES:
        return None
    return Memory(session.step, {name: tensor.clone() for name, tensor in tensors.items()}, session.state())


def has_fault(look: Look) -> bool:
    """Whether anything that was seen is infinite or not a number."""
    return any(part.get("faulty") for seen in look.nodes for part in seen.values() if isinstance(part, dict))


def replay(session: Session, memory: Memory, until: int) -> Iterator[Look]:
    """Take the steps after a memory again up to one, and look at the last of them. The session is of no use afterwards."""
    if until <= memory.step:
        return
    ended_at, pace, give_up = session.step, session.looker.pace, time.monotonic() + LONGEST_SECONDS
    session.restore(memory.tensors, memory.state)
    while session.step < until and time.monotonic() < give_up:
        if session.lead.position >= session.lead.num_batches:
            session.end_epoch()
        if session.step >= until - WATCHED:
            session.looker.pace = Eager()
            session.looker.run_step(session.run_step, session.step)
        else:
            session.run_step()
    session.looker.end()
    session.step, session.looker.pace = ended_at, pace
    yield from session.looker.take()
