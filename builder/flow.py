"""What is known of a graph: the specs on every port, what a node costs, and why one has no outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from builder.document import Graph
from builder.kinds import Kind
from builder.ports import Ports, port_named
from builder.tensors import TensorSpec

DTYPE_CLASSES: dict[str, tuple[str, ...]] = {
    "float": ("float32",),
    "integer": ("int64",),
    "bool": ("bool",),
    "number": ("float32", "int64"),
    "any": ("float32", "int64", "bool"),
}


@dataclass(frozen=True)
class Problem:
    """Why a node has no outputs: a code for the rules, a short reason, and what a repair needs."""

    code: str
    reason: str
    port: str = ""
    param: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NodeFlow:
    """What is known of one node: its kind, its resolved parameters, its ports, the specs on them, and what it costs.

    ``tensors``: the names of what a layer learns itself, each with the number of its axes.
    """

    kind: type[Kind] | None = None
    params: Any = None
    in_ports: Ports = ()
    out_ports: Ports = ()
    inputs: dict[str, TensorSpec] = field(default_factory=dict)
    outputs: dict[str, TensorSpec] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    tensors: tuple[tuple[str, int], ...] = ()
    inner: tuple[Flow, ...] = ()


@dataclass(frozen=True)
class Flow:
    """What is known of every node of a graph."""

    nodes: dict[str, NodeFlow]

    @cached_property
    def parameters(self) -> int:
        """The number of parameters of the whole graph."""
        return sum(node.parameters for node in self.nodes.values())

    @cached_property
    def multiply_adds(self) -> int:
        """Multiply-adds of one sample through the whole graph."""
        return sum(node.multiply_adds for node in self.nodes.values())

    @cached_property
    def blocks(self) -> dict[str, NodeFlow]:
        """The nodes in which networks were found."""
        return {id: node for id, node in self.nodes.items() if node.inner}

    def outputs_of(self, graph: Graph) -> dict[str, TensorSpec]:
        """The spec at each Output node of a network."""
        flows = {node.id: self.nodes[node.id] for node in graph.nodes if node.kind == "Output"}
        return {id: flow.inputs["input"] for id, flow in flows.items() if "input" in flow.inputs and not flow.problems}


def fit_ports(ports: Ports, inputs: Mapping[str, TensorSpec]) -> tuple[Problem, ...]:
    """Compare rank and dtype of what comes in with what the ports take."""
    problems = []
    for name, spec in inputs.items():
        port = port_named(ports, name)
        if port is None:
            problems.append(Problem("no_port", f"there is no input {name!r}", port=name))
        elif port.ranks and spec.rank not in port.ranks:
            problems.append(Problem("rank", f"got {spec}", port=name, facts={"got": spec, "ranks": port.ranks}))
        elif spec.dtype not in DTYPE_CLASSES[port.dtype]:
            facts = {"got": spec, "dtype": port.dtype}
            problems.append(Problem("dtype", f"got {spec.dtype}", port=name, facts=facts))
    return tuple(problems)
