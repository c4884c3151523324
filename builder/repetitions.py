"""What a Block node repeats: a network each time with arguments, the first time perhaps another one.

A stage of a residual network is the usual reason: its first block halves the picture and doubles the channels, the others
keep both. As one node they bear the names that such stages are known by, ``layer2.0`` and ``layer2.1``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from builder.document import Node

NAMING = ("network", "first_network")
"""The parameters of a Block that name networks."""

GIVING = ("arguments", "first_arguments")
"""The parameters of a Block that give values: for all repetitions, and over those for the first."""


@dataclass(frozen=True)
class Repetition:
    """One repetition: the network that is used, and the values given for its parameters."""

    network: str
    arguments: dict[str, Any]


def list_repetitions(params: Any) -> list[Repetition]:
    """What the (validated) parameters of a Block come to, in order.

    The first repetition is given what all are given, and ``first_arguments`` over that.
    """
    other = Repetition(params.network, params.arguments)
    first = Repetition(params.first_network or params.network, {**params.arguments, **params.first_arguments})
    return [first, *[other] * (params.repeat - 1)]


def networks_of(node: Node) -> tuple[str, ...]:
    """The networks that a Block node names, each once, whatever else is wrong with it; none of another kind of node."""
    if node.kind != "Block":
        return ()
    named = [node.params.get(param) for param in NAMING]
    return tuple(dict.fromkeys(name for name in named if isinstance(name, str) and name))


def network_at(node: Node, turn: int) -> str:
    """The network of one repetition (from 0) of a Block node; empty where it names none."""
    first = node.params.get("first_network")
    named = first if turn == 0 and first else node.params.get("network")
    return named if isinstance(named, str) else ""


def blocks_in(nodes: Iterable[Node]) -> set[str]:
    """The networks that these nodes use as blocks."""
    return {name for node in nodes for name in networks_of(node)}
