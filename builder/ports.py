"""Which ports a node has. Most kinds declare theirs; those of Data, Network, Block and Formula follow from the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from builder.columns import list_columns
from builder.document import Graph, Project
from builder.kinds import Kind, Port
from builder.topology import port_order

T = TypeVar("T")
Ports = tuple[Port, ...]
DTYPES = {"float32": "float", "int64": "integer", "bool": "bool"}


def ports_of(kind: type[Kind], params: Any, project: Project) -> tuple[Ports, Ports]:
    """The input and the output ports of a node of this kind with these (validated) parameters."""
    match kind.kind:
        case "Data":
            return (), data_ports(project, params.source)
        case "Network":
            return network_ports(project.networks.get(params.network))
        case "Block":
            return block_ports(project, params)
        case "Formula":
            return kind.list_inputs(params), kind.outputs  # type: ignore[attr-defined]
    return kind.inputs, kind.outputs


def data_ports(project: Project, name: str) -> Ports:
    """One output port for each tensor of a source's batches."""
    source = project.data.get(name)
    return tuple(Port(column.name, dtype="any") for column in list_columns(source)) if source else ()


def network_ports(graph: Graph | None) -> tuple[Ports, Ports]:
    """One port for each Input and Output node of a network, named like it."""
    if graph is None:
        return (), ()
    inputs = [node for node in graph.nodes if node.kind == "Input"]
    outputs = [node for node in graph.nodes if node.kind == "Output"]
    return tuple(Port(node.id, dtype=input_dtype(node.params)) for node in inputs), tuple(
        Port(node.id, dtype="any") for node in outputs
    )


def block_ports(project: Project, params: Any) -> tuple[Ports, Ports]:
    """The ports of the network that is repeated; what they take is what the first repetition takes."""
    inputs, outputs = network_ports(project.networks.get(params.network))
    taking, _ = network_ports(project.networks.get(params.first_network or params.network))
    if len(taking) != len(inputs):
        return inputs, outputs
    return tuple(replace(port, dtype=other.dtype) for port, other in zip(inputs, taking, strict=True)), outputs


def input_dtype(params: Mapping[str, Any]) -> Any:
    """The class of dtypes that an Input node takes."""
    return DTYPES.get(str(params.get("dtype", "float32")), "any")


def arrange(ports: Ports, connected: Mapping[str, T]) -> list[T | None]:
    """Put what is connected in the order in which a layer is called: a variadic port gives all its links in order."""
    arranged: list[T | None] = []
    for port in ports:
        if port.variadic:
            names = [name for name in connected if name.partition(".")[0] == port.name]
            arranged.extend(connected[name] for name in sorted(names, key=port_order))
        else:
            arranged.append(connected.get(port.name))
    return arranged


def port_named(ports: Ports, name: str) -> Port | None:
    """The port that a link named ``name`` ends at; ``inputs.3`` ends at the variadic port ``inputs``."""
    stem, dot, number = name.partition(".")
    for port in ports:
        if port.name == name or (port.variadic and port.name == stem and dot and number.isdigit()):
            return port
    return None


def missing_ports(ports: Ports, connected: Mapping[str, Any]) -> list[Port]:
    """The required ports without a link, and variadic ports with too few."""
    missing = []
    for port in ports:
        count = sum(port_named((port,), name) is not None for name in connected)
        if count < (0 if port.optional else port.least if port.variadic else 1):
            missing.append(port)
    return missing
