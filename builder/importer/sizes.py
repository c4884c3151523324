"""Compares the sizes that a source gives with those that arrive, and finds from them how large the input must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from builder.document import NETWORKS, Project
from builder.flow import Flow
from builder.importer.entries import (
    KEEPING,
    Entry,
    Networks,
    find_dtype,
    find_entries,
    list_inputs,
    resolve_given,
    size_of,
)
from builder.importer.networks import Drawn
from builder.importer.remarks import Remarks
from builder.shape_flow import infer_graph
from builder.tensors import TIMES, TensorSpec

SIDES = (32, 28, 224, 64, 8, 16, 227, 96, 128, 48, 256, 299, 84, 40, 20, 12, 10)
LENGTHS = (100, 128, 64, 32, 256, 50, 1000, 512, 28, 187, 784)
CHANNEL_KINDS = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "BatchNorm2d", "GroupNorm",
                 "InstanceNorm2d")  # fmt: skip
CHANGING = (
    "Flatten",
    "Unflatten",
    "Reshape",
    "Permute",
    "Mean",
    "Sum",
    "SequencePool",
    "Squeeze",
    "Unsqueeze",
    "Block",
)
MOVING = ("Permute", "Reshape", "Unflatten", "Block")
MOST_NODES_TRIED = 400
MOST_GUESSES = 6


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


@dataclass(frozen=True)
class Trial:
    """What comes of a guess: the shapes, the faults that are left, and whether the guess is the only one that fits."""

    entries: Mapping[str, Entry]
    side: Any
    flow: Flow
    faults: tuple[Fault, ...]
    is_certain: bool

    is_guess: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether the shape of the Input itself may be wrong: it is a guess, or a layer refuses what arrives."""
        return any(not fault.name or self.is_guess for fault in self.faults)


def complete_networks(roots: list[Drawn], networks: dict[str, Drawn], remarks: Remarks) -> None:
    """Give every Input its shape where it can be known, and say where given sizes contradict each other."""
    set_dtypes(networks)
    for root in roots:
        project = Project(networks={name: drawn.graph() for name, drawn in networks.items()})
        guesses = [find_entries(root, id, "output", networks, root.scope) for id in list_inputs(root.drawing)]
        trials = [
            try_entries(root, dict(zip(list_inputs(root.drawing), guess, strict=True)), networks, project)
            for guess in islice(product(*guesses), MOST_GUESSES)
        ]
        usable = [trial for trial in trials if not trial.is_refused]
        best = min(usable, key=lambda trial: len(trial.faults), default=None)
        if best is not None:
            take_trial(root, best, networks, remarks)


def set_dtypes(networks: Networks) -> None:
    """Give Inputs the type of numbers that is asked for behind them: a block cannot be used with any other."""
    for drawn in networks.values():
        for id in list_inputs(drawn.drawing):
            node, dtype = drawn.drawing.nodes[id], find_dtype(drawn, id, networks)
            if dtype is not None and not node.params:
                drawn.drawing.nodes[id] = node.model_copy(update={"params": {"dtype": dtype}})


def take_trial(root: Drawn, trial: Trial, networks: Networks, remarks: Remarks) -> None:
    """Write what a trial found into the networks, and say what contradicts it."""
    is_moved = any(node.kind in MOVING for node in root.drawing.nodes.values())
    for fault in trial.faults:
        if trial.is_certain or (fault.kind in CHANNEL_KINDS and not is_moved):
            remarks.add(fault.line, str(fault))
    set_entries(root, trial.entries, trial.side if trial.is_certain else None)
    if trial.is_certain:
        set_inner_entries(root, trial.flow, networks)


def try_entries(root: Drawn, entries: dict[str, Entry], networks: Networks, project: Project) -> Trial:
    """Try a guess, at many heights and widths where those are open."""
    sides = open_sides([entry.shape for entry in entries.values()])
    if len(root.drawing.nodes) > MOST_NODES_TRIED:
        sides = sides[:1]
    trials = [try_side(root, entries, side, networks, project) for side in sides]
    fitting = [trial for trial in trials if not trial.faults]
    first = min(trials, key=lambda trial: (trial.is_refused, len(trial.faults)))
    is_certain = sides[0] in (None, "T") and first.side in (None, "T")
    is_certain = is_certain or 0 < len(fitting) <= len(sides) // 3
    return replace(first, is_certain=is_certain, is_guess=is_guess(root, entries))


def is_guess(root: Drawn, entries: Mapping[str, Entry]) -> bool:
    """Whether other shapes would do: a row may be steps of rows, and an image before a Flatten may be any other."""
    is_open = any(node.kind in CHANGING for node in root.drawing.nodes.values())
    return any(
        (len(entry.shape) == 1 and is_open and entry.dtype == "float32")
        or (None not in entry.shape and len(entry.shape) == 3 and is_used_twice(root, id))
        for id, entry in entries.items()
    )


def is_used_twice(root: Drawn, id: str) -> bool:
    """Whether more than one layer takes what an Input gives, as it is or by way of layers that keep its shape."""
    waiting = [id]
    for at in waiting:
        targets = [edge.target for edge in root.drawing.edges if edge.source == at]
        if len(targets) > 1:
            return True
        waiting += [target for target in targets if root.drawing.nodes[target].kind in KEEPING]
    return False


def open_sides(shapes: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The heights and widths, or the lengths, to try; None where all is known."""
    if not any(None in shape for shape in shapes):
        return (None,)
    return ("T", *LENGTHS) if any(shape[1:] == (None,) for shape in shapes) else SIDES


def try_side(root: Drawn, entries: Mapping[str, Entry], side: Any, networks: Networks, project: Project) -> Trial:
    """The shapes of a network for inputs of a height and width, and what does not fit."""
    before = dict(root.drawing.nodes)
    set_entries(root, entries, side)
    graph = root.graph()
    root.drawing.nodes = before
    flow = infer_graph(project.with_graph(NETWORKS + root.name, graph), graph, {}, {}, 0, {})
    return Trial(entries, side, flow, tuple(list_faults(root, flow, networks, root.scope)), False)


def set_entries(root: Drawn, entries: Mapping[str, Entry], side: Any) -> None:
    """Write what is known of the Inputs into them."""
    for id, entry in entries.items():
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
            for (name, values), use in zip(drawn.drawing.repetitions(node.id), known.inner, strict=False):
                yield from list_faults(networks[name], use, networks, resolve_given(values, scope))


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
        for (name, _), use in zip(drawn.drawing.repetitions(node.id), known.inner, strict=False):
            set_entries_of_use(networks[name], use)
            set_inner_entries(networks[name], use, networks, depth + 1)


def set_entries_of_use(inner: Drawn, use: Flow) -> None:
    """Give the Inputs of a block that have no shape yet those of one use."""
    for id in list_inputs(inner.drawing):
        spec = use.nodes[id].outputs.get("output")
        if spec is not None and "shape" not in inner.drawing.nodes[id].params:
            inner.drawing.nodes[id] = inner.drawing.nodes[id].model_copy(update={"params": describe(spec)})


def describe(spec: TensorSpec) -> dict[str, Any]:
    """An Input's parameters from what arrives; nothing where an axis has no name that an Input knows."""
    shape = [size if isinstance(size, int) else str(size) for size in spec.shape[1:]]
    if any(isinstance(size, str) and size not in TIMES for size in shape):
        return {}
    return {"shape": shape, **({} if spec.dtype == "float32" else {"dtype": spec.dtype})}
