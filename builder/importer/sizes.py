"""Compares the sizes that a source gives with those that arrive, and finds from them how large the input must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from builder.document import NETWORKS, Project
from builder.flow import Flow
from builder.importer.entries import Entry, Networks, find_entry, list_inputs, resolve_given, size_of
from builder.importer.networks import Drawn
from builder.importer.remarks import Remarks
from builder.shape_flow import infer_graph
from builder.tensors import TensorSpec

SIDES = (32, 28, 224, 64, 8, 16, 227, 96, 128, 48, 256, 299, 84, 40, 20, 12, 10)
LENGTHS = (100, 128, 64, 32, 256, 50, 1000, 512, 28, 187, 784)
CHANNEL_KINDS = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "BatchNorm2d", "GroupNorm",
                 "InstanceNorm2d")  # fmt: skip
MOST_NODES_TRIED = 400


@dataclass(frozen=True)
class Fault:
    """A size that does not fit: where, and what the source says against what arrives; no number where a layer refuses."""

    line: int
    node: str
    kind: str
    name: str = ""
    given: int = 0
    got: Any = 0

    def __str__(self) -> str:
        if self.name == "view":
            return (
                f'"{self.node}": the source lays out {self.given} values, and {self.got} arrive. {self.got} are taken.'
            )
        return (
            f'{self.kind} "{self.node}": the source says {self.name}={self.given}, and {self.got} arrive. '
            f"{self.got} is taken, because such sizes follow from the layer before. Check which of the two is meant."
        )


def complete_networks(roots: list[Drawn], networks: dict[str, Drawn], remarks: Remarks) -> None:
    """Give every Input its shape where it can be known, and say where given sizes contradict each other."""
    for root in roots:
        project = make_project(networks)
        entries = {id: find_entry(root, id, "output", networks, root.scope) for id in list_inputs(root.drawing)}
        side, is_certain = find_side(root, entries, networks, project)
        flow = try_side(root, entries, side, project)
        for fault in list_faults(root, flow, networks, root.scope):
            if fault.name and (is_certain or fault.kind in CHANNEL_KINDS):
                remarks.add(fault.line, str(fault))
        set_entries(root, entries, side if is_certain else None)
        if is_certain:
            set_inner_entries(root, flow, networks)


def make_project(networks: Mapping[str, Drawn]) -> Project:
    """All networks as a project, for shapes to be found."""
    return Project(networks={name: drawn.graph() for name, drawn in networks.items()})


def find_side(
    root: Drawn, entries: dict[str, Entry | None], networks: Networks, project: Project
) -> tuple[int | str | None, bool]:
    """A height and width (or a length) at which every given size fits, and whether no other would do as well."""
    shapes = [entry.shape for entry in entries.values() if entry is not None]
    if None in entries.values():
        return None, False
    if not any(None in shape for shape in shapes):
        return None, True
    is_series = any(shape[1:] == (None,) for shape in shapes)
    candidates: tuple[int | str, ...] = ("T", *LENGTHS) if is_series else SIDES
    if len(root.drawing.nodes) > MOST_NODES_TRIED:
        return candidates[0], False
    fitting = [side for side in candidates if fits(root, entries, side, networks, project)]
    if is_series and "T" in fitting:
        return "T", True
    if not fitting:
        return candidates[0], False
    return fitting[0], len(fitting) <= len(candidates) // 3


def fits(root: Drawn, entries: Any, side: Any, networks: Networks, project: Project) -> bool:
    """Whether every given size fits inputs of this height and width."""
    return not any(True for _ in list_faults(root, try_side(root, entries, side, project), networks, root.scope))


def try_side(root: Drawn, entries: Mapping[str, Entry | None], side: Any, project: Project) -> Flow:
    """The shapes of a network for inputs of a height and width."""
    before = dict(root.drawing.nodes)
    set_entries(root, entries, side)
    graph = root.graph()
    root.drawing.nodes = before
    return infer_graph(project.with_graph(NETWORKS + root.name, graph), graph, {}, {}, 0, {})


def set_entries(root: Drawn, entries: Mapping[str, Entry | None], side: Any) -> None:
    """Write what is known of the Inputs into them."""
    for id, entry in entries.items():
        if entry is None:
            continue
        params: dict[str, Any] = {} if entry.dtype == "float32" else {"dtype": entry.dtype}
        shape = [side if size is None else size for size in entry.shape]
        if None not in shape:
            params = {"shape": shape, **params}
        node = root.drawing.nodes[id]
        root.drawing.nodes[id] = node.model_copy(update={"params": params})


def list_faults(drawn: Drawn, flow: Flow, networks: Networks, scope: Mapping[str, Any]) -> Iterator[Fault]:
    """Every given size that does not fit, blocks included, and every layer that refuses what arrives."""
    for node in drawn.drawing.nodes.values():
        known = flow.nodes.get(node.id)
        if known is None:
            continue
        line = drawn.drawing.lines.get(node.id, 0)
        if any(problem.code != "unknown_kind" for problem in known.problems):
            yield Fault(line, node.id, node.kind)
        for name, (port, axis, value) in drawn.drawing.sizes.get(node.id, {}).items():
            got = arriving(known, port, axis)
            given = size_of(value, scope)
            if given is not None and got is not None and got != given:
                yield Fault(line, node.id, node.kind, name, given, got)
        if node.kind == "Block" and known.inner:
            inner = networks[drawn.drawing.network_of(node.id)]
            yield from list_faults(inner, known.inner[0], networks, resolve_given(drawn, node.id, scope))


def arriving(known: Any, port: str, axis: int) -> int | None:
    """The size of an axis that arrives at a port, or leaves; None where it is not known or varies."""
    spec = known.outputs.get("output") if port == "output" else known.inputs.get(port)
    if spec is None or not -spec.rank <= axis < spec.rank:
        return None
    size = spec.shape[axis]
    return size if isinstance(size, int) else None


def set_inner_entries(drawn: Drawn, flow: Flow, networks: Networks, depth: int = 0) -> None:
    """Give the Inputs of blocks the shapes of their first use."""
    for node in drawn.drawing.nodes.values():
        known = flow.nodes.get(node.id)
        if node.kind != "Block" or known is None or not known.inner or depth > 8:
            continue
        inner = networks[drawn.drawing.network_of(node.id)]
        for id in list_inputs(inner.drawing):
            spec = known.inner[0].nodes[id].outputs.get("output")
            if spec is not None and not inner.drawing.nodes[id].params:
                inner.drawing.nodes[id] = inner.drawing.nodes[id].model_copy(update={"params": describe(spec)})
        set_inner_entries(inner, known.inner[0], networks, depth + 1)


def describe(spec: TensorSpec) -> dict[str, Any]:
    """An Input's parameters from what arrives; nothing where an axis has no name that an Input knows."""
    shape = [size if isinstance(size, int) else str(size) for size in spec.shape[1:]]
    if any(isinstance(size, str) and size != "T" for size in shape):
        return {}
    return {"shape": shape, **({} if spec.dtype == "float32" else {"dtype": spec.dtype})}
