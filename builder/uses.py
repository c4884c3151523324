"""The uses of networks as blocks: what each shows of the network, and the way that leads to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from builder.document import NETWORKS, TRAINING
from builder.flow import Flow, NodeFlow
from builder.phrases import quote
from builder.repetitions import list_repetitions

MOST_USES = 24
"""How many uses of one network are told apart; further ones are shown as the first."""

Trail = tuple[tuple[str, str, int], ...]
"""A way from a network into a block, and on into one inside it: graph, node and repetition (from 0) of each."""


@dataclass(frozen=True)
class Use:
    """A network as one or more of its uses see it, and the shortest way to the first of those."""

    flow: Flow
    trail: Trail


@dataclass(frozen=True)
class UseTable:
    """The uses of every network, those that show the same taken together."""

    uses: dict[str, tuple[Use, ...]]

    def of(self, path: str) -> tuple[Use, ...]:
        """The uses of the network at a path."""
        return self.uses.get(path, ())

    def number(self, path: str, flow: Flow) -> int | None:
        """The place of a flow among the uses of a network; None where it is none of them."""
        return next((i for i, use in enumerate(self.of(path)) if use.flow is flow), None)

    def numbers(self, block: NodeFlow) -> list[int]:
        """For each repetition of a block the use of its network that it shows."""
        return [self.number(path, flow) or 0 for path, flow in list_inner(block)]


def list_inner(block: NodeFlow) -> list[tuple[str, Flow]]:
    """The network of each repetition of a block, as far as it was looked at, and what is known of it."""
    return [
        (NETWORKS + repetition.network, flow)
        for repetition, flow in zip(list_repetitions(block.params) if block.inner else (), block.inner, strict=False)
    ]


def list_uses(flows: Mapping[str, Flow]) -> UseTable:
    """Find the uses of all networks, those nearest to a network that stands for itself first."""
    networks = {path: flow for path, flow in flows.items() if path != TRAINING}
    inner = collect_inner(networks)
    waiting: deque[tuple[str, Flow, Trail]] = deque(
        (path, flow, ()) for path, flow in networks.items() if id(flow) not in inner
    )
    found: dict[str, list[Use]] = {}
    seen: set[int] = set()
    while waiting:
        path, flow, trail = waiting.popleft()
        for node, known in flow.blocks.items():
            for turn, (name, use) in enumerate(list_inner(known)):
                uses = found.setdefault(name, [])
                if id(use) not in seen and len(uses) < MOST_USES:
                    seen.add(id(use))
                    uses.append(Use(use, (*trail, (path, node, turn))))
                    waiting.append((name, use, uses[-1].trail))
    return UseTable({path: tuple(uses) for path, uses in found.items()})


def collect_inner(flows: Mapping[str, Flow]) -> set[int]:
    """The identities of all flows of networks inside others. Equal uses are one object, so that each is walked once."""
    found: set[int] = set()
    waiting = list(flows.values())
    while waiting:
        for known in waiting.pop().blocks.values():
            fresh = [use for use in known.inner if id(use) not in found]
            found.update(id(use) for use in fresh)
            waiting.extend(fresh)
    return found


def describe_trail(trail: Trail) -> str:
    """A way in words: ``"layer1" in "model"``, from the inside out."""
    steps = [f"{quote(id)}{f' (repetition {turn + 1})' if turn else ''}" for _, id, turn in reversed(trail)]
    return " in ".join([*steps, quote(trail[0][0].removeprefix(NETWORKS))])
