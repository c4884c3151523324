"""Plans: what a graph comes down to before it is run or printed. Both back ends read the same plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from builder.kinds import Construct
from builder.layers.base import Layer


@dataclass(frozen=True)
class Value:
    """One output of a node: the node's id and the number of the output among ``count``."""

    node: str
    output: int = 0
    count: int = 1

    @property
    def at(self) -> tuple[str, int]:
        """Where the value comes from."""
        return self.node, self.output


@dataclass(frozen=True)
class Call:
    """One call of a layer.

    ``shares`` names the node whose module is used instead of one of its own; ``borrows`` says that it is of another kind, so
    that only its weights are used. A call that does not run is of a dead end: only
    its module is made, since others share it. ``shape`` is that of the first output, for people to read.
    """

    node: str
    layer: type[Layer]
    params: Any
    construct: Construct | None
    inputs: tuple[Value | None, ...]
    num_outputs: int = 1
    shares: str | None = None
    blocks: tuple[NetworkPlan, ...] = ()
    runs: bool = True
    borrows: bool = False
    shape: str = field(default="", compare=False)


@dataclass(frozen=True)
class NetworkPlan:
    """A network as a flat list of calls in the order of evaluation."""

    name: str
    inputs: tuple[str, ...]
    calls: tuple[Call, ...]
    outputs: tuple[Value, ...]
    output_names: tuple[str, ...] = ()


Mode = Literal["train", "eval"]


@dataclass(frozen=True)
class Evaluate:
    """Compute a node of the training graph, recording gradients or not."""

    node: str
    record: bool
    mode: Mode = "train"


@dataclass(frozen=True)
class Measure:
    """Give a metric its inputs."""

    node: str


@dataclass(frozen=True)
class Backward:
    """Differentiate an optimizer's loss with respect to its own networks, after ``zero`` from fresh gradients."""

    updater: str
    loss: Value
    networks: tuple[str, ...]
    retain: bool = False
    zero: bool = True
    divide: int = 1


@dataclass(frozen=True)
class Update:
    """Let an updater change its networks."""

    updater: str


Instruction = Evaluate | Measure | Backward | Update


@dataclass(frozen=True)
class Turn:
    """An updater's part in one step: whether gradients start afresh, and whether it changes its networks now."""

    updater: str
    zero: bool = True
    step: bool = True


@dataclass(frozen=True)
class Use:
    """A node of the training graph with everything that running or printing it needs."""

    node: str
    kind: Any
    params: Any
    construct: Construct | None
    inputs: tuple[Value | None, ...]
    num_outputs: int


@dataclass(frozen=True)
class StepPlan:
    """The static list of one training step for one set of turns; ``logged`` are the losses to keep the value of."""

    instructions: tuple[Instruction, ...]
    logged: tuple[str, ...]


@dataclass(frozen=True)
class EvaluationPlan:
    """What validation computes for each batch: nodes in order, the losses and metrics; and the nodes that previews show.

    ``recorded`` are the nodes whose history is needed although nothing learns, since a Gradient is taken.
    """

    nodes: tuple[str, ...]
    losses: tuple[str, ...]
    metrics: tuple[str, ...]
    previews: tuple[str, ...]
    shown: tuple[str, ...] = ()
    recorded: frozenset[str] = frozenset()
