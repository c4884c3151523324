"""What an Input takes, as the first layers behind it tell: channels of images, features, words, lengths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any

from builder.importer.drawing import Drawing
from builder.importer.networks import Drawn
from builder.importer.values import Reference
from builder.layers import CATALOGUE
from builder.ports import port_named
from builder.references import UnresolvedReference, resolve

Scope = Mapping[str, Any]
Networks = Mapping[str, Drawn]
SEQUENCE_LAYERS = (
    *("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"),
    *("PositionalEncoding", "AttentionPool"),
)
SPATIAL = {"Conv1d": 1, "ConvTranspose1d": 1, "Conv2d": 2, "ConvTranspose2d": 2, "BatchNorm2d": 2, "InstanceNorm2d": 2,
           "LayerNorm2d": 2, "Conv3d": 3}  # fmt: skip
ROWS = ("BatchNorm1d", "Linear", "Bilinear", "LayerNorm", "RMSNorm")
KEEPING = frozenset(
    """
    ReLU ReLU6 LeakyReLU ELU GELU SiLU Sigmoid Tanh Softplus Hardswish Dropout Dropout2d StochasticDepth Identity Add
    Multiply Subtract Softmax LogSoftmax
    """.split()  # noqa: SIM905
)
RESIZING = frozenset({"MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "Pad", "Upsample"})
"""Layers behind which only the number of channels is still that of the Input."""
FARTHEST = 40


@dataclass(frozen=True)
class Entry:
    """The shape of an Input without the batch; None stands for a height or width that these layers do not tell."""

    shape: tuple[Any, ...]
    dtype: str = "float32"


DTYPES = {"integer": "int64", "bool": "bool"}
FIXED = {
    "memory_lengths": Entry((), "int64"),
    "memory_mask": Entry(("T",), "bool"),
    "lengths": Entry((), "int64"),
    "mask": Entry(("T",), "bool"),
}


def size_of(value: Any, scope: Scope) -> int | None:
    """A size as a number; None where it is not known."""
    if isinstance(value, Reference):
        try:
            value = resolve(value.text, scope)
        except UnresolvedReference:
            return None
    return value if isinstance(value, int) and value > 0 else None


def find_entries(drawn: Drawn, id: str, port: str, networks: Networks, scope: Scope, depth: int = 0) -> list[Entry]:
    """What an output may be, by the layers behind it that tell, the nearest first; most numbers fit several shapes."""
    waiting = [(id, port, False)]
    seen: set[tuple[str, str, bool]] = set()
    found: dict[Entry, None] = {}
    while waiting and len(seen) < FARTHEST:
        at = waiting.pop(0)
        if at in seen:
            continue
        seen.add(at)
        for edge in drawn.drawing.edges:
            if (edge.source, edge.source_port) == at[:2]:
                entries = read_layer(drawn, edge.target, edge.target_port, networks, scope, depth)
                found |= dict.fromkeys(entry for entry in entries if None in entry.shape or not at[2])
                kind = drawn.drawing.nodes[edge.target].kind
                if kind in KEEPING | RESIZING:
                    waiting.append((edge.target, "output", at[2] or kind in RESIZING))
    return list(found)


def read_layer(drawn: Drawn, id: str, port: str, networks: Networks, scope: Scope, depth: int) -> list[Entry]:
    """What one layer takes at one port."""
    node, sizes = drawn.drawing.nodes[id], drawn.drawing.sizes.get(id, {})
    if port in FIXED or node.kind == "Embedding":
        return [FIXED.get(port, Entry(("T",), "int64"))]
    if node.kind == "Block" and depth < 8:
        (name, given), *others = drawn.drawing.repetitions(id)
        place = networks[others[0][0] if others else name].inputs.index(port)
        inner = networks[name]
        return find_entries(inner, inner.inputs[place], "output", networks, resolve_given(given, scope), depth + 1)
    known = {name: size_of(value, scope) for name, (_, _, value) in sizes.items()}
    if node.kind == "Flatten":
        return read_flatten(drawn, id, known, networks, scope, depth)
    first = next(iter(known.values()), None)
    return [] if first is None else read_first(node.kind, first)


def read_first(kind: str, size: int) -> list[Entry]:
    """What a layer takes whose first size is known."""
    if kind in SPATIAL:
        return [Entry((size, *[None] * SPATIAL[kind]))]
    if kind in SEQUENCE_LAYERS:
        return [Entry(("T", size))]
    return [Entry((size,))] if kind in ROWS else []


def find_dtype(drawn: Drawn, id: str, networks: Networks, depth: int = 0) -> str | None:
    """The type of numbers that every layer right behind an Input takes; None where they do not all ask for one."""
    asked = set()
    for edge in drawn.drawing.edges:
        if edge.source != id:
            continue
        node = drawn.drawing.nodes[edge.target]
        if node.kind == "Block" and depth < 8:
            inner = networks[drawn.drawing.repetitions(node.id)[-1][0]]
            asked.add(find_dtype(inner, edge.target_port, networks, depth + 1))
        else:
            port = port_named(CATALOGUE[node.kind].inputs, edge.target_port) if node.kind in CATALOGUE else None
            asked.add(DTYPES.get(port.dtype) if port is not None else None)
    return asked.pop() if len(asked) == 1 else None


def resolve_given(given: Scope, scope: Scope) -> dict[str, Any]:
    """The arguments of a block with their values, those too that only give sizes."""
    known = {name: size_of(value, scope) for name, value in given.items()}
    return {name: value for name, value in known.items() if value is not None}


def read_flatten(
    drawn: Drawn, id: str, known: dict[str, Any], networks: Networks, scope: Scope, depth: int
) -> list[Entry]:
    """What lies before a Flatten right at the entry: an image where the number is a square's, else a row."""
    after = known.get("view")
    if after is None and depth < 8:
        behind = find_entries(drawn, id, "output", networks, scope, depth + 1)
        after = next((entry.shape[0] for entry in behind if len(entry.shape) == 1), None)
    if not isinstance(after, int):
        return []
    for channels in (1, 3):
        side = isqrt(after // channels)
        if side >= 8 and channels * side * side == after:
            return [Entry((channels, side, side))]
    return [Entry((after,))]


def list_inputs(drawing: Drawing) -> list[str]:
    """The Inputs of a network in order."""
    return [id for id, node in drawing.nodes.items() if node.kind == "Input"]
