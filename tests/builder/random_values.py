"""What is drawn for the parameters of layers and blocks, and the networks that random blocks use."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from builder.document import Graph
from builder.repetitions import networks_of
from builder.tensors import TensorSpec
from tests.builder.drawn import chain, graph, node

Params = dict[str, Any]
Draw = Callable[[Random, TensorSpec], Params]


def small(rng: Random, *names: str) -> Params:
    """Small numbers for these parameters."""
    return {name: rng.randint(1, 5) for name in names}


def permute(rng: Random, spec: TensorSpec) -> Params:
    """The axes behind the batch in any order."""
    axes = list(range(1, spec.rank))
    rng.shuffle(axes)
    return {"dims": [0, *axes]}


def convolve(rng: Random, spec: TensorSpec) -> Params:
    """A small convolution."""
    padding = rng.choice([0, 1, "same"])
    return {**small(rng, "out_channels"), "kernel_size": rng.randint(1, 3), "padding": padding}


PARAMS: dict[str, Draw] = {
    "Linear": lambda rng, spec: small(rng, "out_features"),
    "Bilinear": lambda rng, spec: small(rng, "out_features"),
    "Conv1d": convolve,
    "Conv2d": convolve,
    "Conv3d": convolve,
    "ConvTranspose1d": lambda rng, spec: {**small(rng, "out_channels"), "kernel_size": 2, "padding": 0},
    "ConvTranspose2d": lambda rng, spec: {**small(rng, "out_channels"), "kernel_size": 2, "padding": 0},
    "AdaptiveAvgPool1d": lambda rng, spec: small(rng, "output_size"),
    "AdaptiveAvgPool2d": lambda rng, spec: small(rng, "output_size"),
    "AdaptiveMaxPool2d": lambda rng, spec: small(rng, "output_size"),
    "Embedding": lambda rng, spec: {"num_embeddings": 20, **small(rng, "embedding_dim")},
    "GroupNorm": lambda rng, spec: {"num_groups": 1},
    "RNN": lambda rng, spec: {**small(rng, "hidden_size"), "bidirectional": rng.random() < 0.5},
    "LSTM": lambda rng, spec: {**small(rng, "hidden_size"), "num_layers": rng.randint(1, 2)},
    "GRU": lambda rng, spec: small(rng, "hidden_size"),
    "MultiheadAttention": lambda rng, spec: {"num_heads": 1},
    "TransformerEncoderLayer": lambda rng, spec: {"nhead": 1, "dim_feedforward": 4},
    "TransformerDecoderLayer": lambda rng, spec: {"nhead": 1, "dim_feedforward": 4},
    "Attention": lambda rng, spec: small(rng, "hidden_size"),
    "AttentionPool": lambda rng, spec: {"score": rng.choice(["additive", "dot"]), **small(rng, "hidden_size")},
    "Permute": permute,
    "Pad": lambda rng, spec: {"pad": [1, 1, 0, 1][: 2 * max(1, min(2, spec.rank - 2))]},
    "Reshape": lambda rng, spec: {"shape": rng.choice([[-1], [1, -1], [-1, 2], [2, -1, 2]])},
    "Slice": lambda rng, spec: {"dim": rng.randint(1, max(1, spec.rank - 1)), "end": rng.randint(1, 4)},
    "Unflatten": lambda rng, spec: {"unflattened_size": rng.choice([[1, -1], [2, -1], [-1, 2]])},
    "Unsqueeze": lambda rng, spec: {"dim": rng.randint(1, spec.rank)},
}


def begin_otherwise(rng: Random) -> Params:
    """A stage that begins with another block."""
    return {"first_network": "widening", "first_arguments": small(rng, "width")}


BLOCKS: dict[str, Draw] = {
    "inner": lambda rng, spec: {"repeat": rng.randint(1, 3), **rng.choice([{}, begin_otherwise(rng)])},
    "mixing": lambda rng, spec: {"repeat": rng.randint(1, 3), "arguments": {"width": spec.shape[-1]}},
    "nested": lambda rng, spec: {
        "repeat": rng.randint(1, 2),
        "arguments": rng.choice([{}, {"width": rng.randint(1, 4)}]),
    },
}
X, Z = node("x", "Input", shape=[4]), node("z", "Output")
NETWORKS = {
    "inner": chain(X, node("tanh", "Tanh"), Z),
    "widening": chain(X, node("fit", "Linear", out_features="$width"), Z).model_copy(update={"params": {"width": 4}}),
    "mixing": graph(
        [X, node("memory", "Input", shape=[3]), node("fit", "Linear", out_features="$width"), node("sum", "Add"), Z],
        "memory -> fit",
        "fit -> sum.inputs.1",
        "x -> sum.inputs.0",
        "sum -> z",
    ),
    "nested": graph(
        [
            X,
            node("fit", "Linear", out_features="$width"),
            node("mix", "Block", network="mixing", repeat=2, arguments={"width": "$width"}),
            node("inside", "Block", network="inner"),
            Z,
        ],
        "x -> fit",
        "x -> mix.memory",
        "fit -> mix.x",
        "mix.z -> inside.x",
        "inside.z -> z",
    ).model_copy(update={"params": {"width": 3}}),
}
"""The networks that blocks use: of one input and of two, with values from parameters and arguments, and in one another."""


def used_blocks(graph: Graph) -> dict[str, Graph]:
    """The networks that a graph uses, and those that they use."""
    found: dict[str, Graph] = {}
    waiting = [graph]
    while waiting:
        for each in waiting.pop().nodes:
            for name in networks_of(each):
                if name not in found:
                    found[name] = NETWORKS[name]
                    waiting.append(NETWORKS[name])
    return found
