"""What layers cost: multiply-adds of one sample, by formula. Two floating-point operations make one multiply-add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from builder.layers.base import Layer

Shape = tuple[int, ...]
Formula = Callable[[Any, Sequence[Shape], Sequence[Shape]], int]


def multiply_adds(layer: type[Layer], module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Count the multiply-adds of one sample through a layer.

    Args:
        layer: the kind.
        module: what its ``construct`` built, also on the meta device; None for a plain expression.
        inputs: the shapes of the inputs with their batch axis, in the order of the ports; ``()`` without a link.
        outputs: the shapes of the outputs with their batch axis.

    Returns:
        The count, 0 for layers whose work is small beside that of those that multiply by weights.
    """
    formula = FORMULAS.get(layer.kind)
    return formula(module, inputs, outputs) if formula else 0


def count_linear(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every output is a sum over all input features."""
    return prod(outputs[0][1:]) * int(module.in_features)


def count_bilinear(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every output is a sum over all pairs of features."""
    return prod(outputs[0][1:]) * int(module.in1_features) * int(module.in2_features)


def count_convolution(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every output is a sum over a window of the channels of its group."""
    return prod(outputs[0][1:]) * int(module.in_channels // module.groups * prod(module.kernel_size))


def count_transposed(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every input is spread over a window of the channels of its group."""
    return prod(inputs[0][1:]) * int(module.out_channels // module.groups * prod(module.kernel_size))


def count_recurrent(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every weight is used once a step."""
    weights = [tensor.numel() for name, tensor in module.named_parameters() if name.startswith("weight")]
    return inputs[0][1] * int(sum(weights))


def count_attention(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """The projections of queries, keys, values and answers, and the two products over all pairs of steps."""
    query = inputs[0]
    key = inputs[1] if len(inputs) > 1 and inputs[1] else query
    value = inputs[2] if len(inputs) > 2 and inputs[2] else key
    features = int(module.embed_dim)
    projections = 2 * query[1] * features + key[1] * key[2] + value[1] * value[2]
    return features * (projections + 2 * query[1] * key[1])


def count_encoder(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Attention, and two linear layers at every step."""
    steps = inputs[0][1]
    inner = steps * (module.linear1.weight.numel() + module.linear2.weight.numel())
    return count_attention(module.self_attn, inputs[:1], outputs) + int(inner)


def count_decoder(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Attention to itself and to the memory, and two linear layers at every step."""
    return count_encoder(module, inputs, outputs) + count_attention(module.multihead_attn, inputs[:2], outputs)


def count_memory_attention(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """A score for every pair of a query and a step, and the sum of the steps by their weights."""
    queries = inputs[0][1] if len(inputs[0]) == 3 else 1
    _, steps, size = inputs[1]
    judge = module.score
    if judge.kind == "additive":
        hidden = int(judge.memory.out_features)
        scores = hidden * (queries * int(judge.query.in_features) + steps * size + queries * steps)
    else:
        scores = queries * steps * size + (queries * int(judge.query.weight.numel()) if judge.kind == "general" else 0)
    return scores + queries * steps * size


def count_pool(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every weight of the score is used once a step, and the steps are added up."""
    weights = sum(tensor.numel() for tensor in module.parameters() if tensor.ndim > 1)
    return inputs[0][1] * (int(weights) + inputs[0][2])


def count_product(module: Any, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> int:
    """Every output is a sum over the axis that both matrices share."""
    return prod(outputs[0][1:]) * inputs[0][-1]


FORMULAS: dict[str, Formula] = {
    "Linear": count_linear,
    "Bilinear": count_bilinear,
    "Conv1d": count_convolution,
    "Conv2d": count_convolution,
    "Conv3d": count_convolution,
    "ConvTranspose1d": count_transposed,
    "ConvTranspose2d": count_transposed,
    "RNN": count_recurrent,
    "LSTM": count_recurrent,
    "GRU": count_recurrent,
    "MultiheadAttention": count_attention,
    "TransformerEncoderLayer": count_encoder,
    "TransformerDecoderLayer": count_decoder,
    "Attention": count_memory_attention,
    "AttentionPool": count_pool,
    "MatMul": count_product,
}
