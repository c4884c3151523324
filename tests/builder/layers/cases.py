"""Examples of every kind of layer: parameters, and the tensors that come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from builder.tensors import BATCH, TIME, TIMES, Size, TensorSpec

OTHER_TIME = TIMES["S"]


@dataclass(frozen=True)
class Case:
    """One use of a layer. An input that is None has no link."""

    params: dict[str, Any]
    inputs: tuple[TensorSpec | None, ...]


def case(*inputs: TensorSpec | None, **params: Any) -> Case:
    """Inputs first, parameters by name, as in a call."""
    return Case(params, inputs)


def tensor(*sizes: Size, dtype: str = "float32") -> TensorSpec:
    """A tensor behind a batch axis."""
    return TensorSpec((BATCH, *sizes), dtype)


FEATURES = tensor(12)
SEQUENCE = tensor(8, 30)
IMAGE = tensor(8, 12, 10)
VOLUME = tensor(4, 6, 8, 10)
STEPS = tensor(TIME, 12)
FIXED_STEPS = tensor(9, 12)
WORDS = tensor(TIME, dtype="int64")
CLASSES = tensor(dtype="int64")
LENGTHS = tensor(dtype="int64")
MASK = tensor(TIME, dtype="bool")

CASES: dict[str, tuple[Case, ...]] = {
    "Linear": (
        case(FEATURES),
        case(STEPS, out_features=5, bias=False),
        case(tensor(2), out_features=1, initial={"weight": [[0.8, 0.4]], "bias": [0]}),
        case(FEATURES, weight_init="kaiming_normal", bias_init="zeros"),
        case(FEATURES, weight_init="constant", weight_value=0.5),
        case(FEATURES, weight_init="trunc_normal", weight_std=0.5),
    ),
    "Bilinear": (case(FEATURES, tensor(5)), case(STEPS, STEPS, out_features=3, bias=False)),
    "Conv1d": (case(SEQUENCE), case(tensor(8, TIME), kernel_size=[5], padding="same", out_channels=4)),
    "Conv2d": (
        case(IMAGE),
        case(IMAGE, out_channels=8, kernel_size=(3, 5), stride=2, padding=(1, 2), groups=8, bias=False),
        case(IMAGE, dilation=2, padding="same", padding_mode="reflect", weight_init="xavier_uniform"),
    ),
    "Conv3d": (case(VOLUME), case(VOLUME, kernel_size=[1, 3, 3], padding=[0, 1, 1], out_channels=2)),
    "ConvTranspose1d": (case(SEQUENCE), case(SEQUENCE, stride=3, output_padding=1, groups=4)),
    "ConvTranspose2d": (case(IMAGE), case(IMAGE, kernel_size=(3, 4), padding=(1, 0), dilation=2, output_padding=1)),
    "MaxPool1d": (case(SEQUENCE), case(tensor(8, TIME), kernel_size=3, stride=1, padding=1)),
    "MaxPool2d": (case(IMAGE), case(IMAGE, kernel_size=(3, 2), stride=[2, 1], ceil_mode=True, dilation=2)),
    "AvgPool1d": (case(SEQUENCE), case(SEQUENCE, kernel_size=5, padding=2, count_include_pad=False)),
    "AvgPool2d": (case(IMAGE), case(IMAGE, kernel_size=3, stride=2, padding=1, ceil_mode=True)),
    "AdaptiveAvgPool1d": (case(SEQUENCE), case(tensor(8, TIME), output_size=4)),
    "AdaptiveAvgPool2d": (case(IMAGE), case(IMAGE, output_size=(5, 3))),
    "AdaptiveMaxPool2d": (case(IMAGE), case(IMAGE, output_size=2)),
    "GlobalAvgPool": (case(SEQUENCE), case(IMAGE), case(VOLUME)),
    "ReLU": (case(FEATURES), case(IMAGE)),
    "ReLU6": (case(FEATURES), case(IMAGE)),
    "LeakyReLU": (case(FEATURES), case(IMAGE, negative_slope=0.2)),
    "PReLU": (case(FEATURES), case(IMAGE, num_parameters=8, init=0.1)),
    "ELU": (case(FEATURES), case(FEATURES, alpha=0.5)),
    "GELU": (case(FEATURES), case(STEPS, approximate="tanh")),
    "SiLU": (case(IMAGE),),
    "Sigmoid": (case(FEATURES),),
    "Tanh": (case(FEATURES),),
    "Softmax": (case(FEATURES), case(IMAGE, dim=1)),
    "LogSoftmax": (case(FEATURES), case(STEPS, dim=2)),
    "Softplus": (case(FEATURES), case(FEATURES, beta=2.0, threshold=5.0)),
    "Hardswish": (case(IMAGE),),
    "BatchNorm1d": (case(FEATURES), case(SEQUENCE, weight_init="zeros")),
    "BatchNorm2d": (case(IMAGE), case(IMAGE, affine=False, momentum=0.2), case(IMAGE, weight_init="normal")),
    "LayerNorm": (case(STEPS), case(IMAGE, normalized_shape=[8, 12, 10], bias=False)),
    "LayerNorm2d": (case(IMAGE), case(IMAGE, eps=1e-6, weight_init="zeros")),
    "GroupNorm": (case(IMAGE, num_groups=4), case(tensor(16, TIME), num_groups=1, affine=False)),
    "InstanceNorm2d": (case(IMAGE), case(IMAGE, affine=True, track_running_stats=True)),
    "RMSNorm": (case(STEPS), case(FEATURES, normalized_shape=12, eps=1e-6)),
    "Dropout": (case(FEATURES), case(IMAGE, p=0.1)),
    "Dropout2d": (case(IMAGE),),
    "StochasticDepth": (case(IMAGE), case(STEPS, p=0.5), case(FEATURES, p=0.0)),
    "Flatten": (case(IMAGE), case(IMAGE, start_dim=2), case(tensor(TIME, 3, 4), start_dim=2)),
    "Unflatten": (
        case(FEATURES),
        case(FEATURES, unflattened_size=[3, 2, 2]),
        case(STEPS, dim=2, unflattened_size=(4, -1)),
    ),
    "Reshape": (
        case(FEATURES),
        case(IMAGE, shape=[10, -1]),
        case(tensor(TIME), shape=[-1, 1]),
        case(tensor(1), shape=[]),
    ),
    "Permute": (case(STEPS), case(IMAGE, dims=[0, 2, 3, 1]), case(IMAGE, dims=[0, -1, 1, 2])),
    "Squeeze": (case(tensor(1)), case(tensor(8, 1, 1), dim=2)),
    "Unsqueeze": (case(tensor(TIME)), case(FEATURES, dim=-1)),
    "Slice": (case(IMAGE), case(IMAGE, dim=-1, start=1, end=-1, step=2), case(STEPS, start=-1), case(STEPS, end=5)),
    "Pad": (case(IMAGE), case(SEQUENCE, pad=(2, 0), mode="replicate"), case(IMAGE, pad=(-1, 2, 3, 3), value=0.5)),
    "Upsample": (
        case(IMAGE),
        case(IMAGE, mode="bilinear", align_corners=True, scale_factor=1.5),
        case(IMAGE, size=(20, 7), mode="bicubic"),
        case(SEQUENCE, mode="linear"),
        case(VOLUME, size=9),
    ),
    "PixelShuffle": (case(IMAGE),),
    "Add": (case(IMAGE, IMAGE), case(STEPS, STEPS, tensor(1, 12))),
    "Multiply": (case(IMAGE, tensor(8, 1, 1)), case(FEATURES, FEATURES, tensor(1))),
    "Subtract": (case(FEATURES, FEATURES), case(IMAGE, tensor(1, 12, 10))),
    "Concat": (case(IMAGE, tensor(3, 12, 10)), case(STEPS, tensor(TIME, 5), STEPS, dim=-1), case(FEATURES, FEATURES)),
    "Stack": (case(FEATURES, FEATURES, FEATURES), case(FEATURES, FEATURES, dim=-1)),
    "MatMul": (case(STEPS, tensor(12, TIME)), case(tensor(4, 6, 5), tensor(4, 5, 7)), case(STEPS, tensor(12, 3))),
    "Mean": (case(STEPS, dim=1), case(IMAGE, dim=[2, 3], keepdim=True)),
    "Sum": (case(FEATURES), case(tensor(TIME, dtype="int64"), dim=1), case(IMAGE, dim=(1, -1))),
    "Embedding": (
        case(WORDS, num_embeddings=40),
        case(CLASSES, num_embeddings=200, embedding_dim=3),
        case(WORDS, num_embeddings=40, padding_idx=0, weight_init="normal"),
    ),
    "RNN": (
        case(STEPS, None),
        case(STEPS, LENGTHS, nonlinearity="relu", hidden_size=5),
        case(STEPS, LENGTHS, tensor(20), hidden_size=5, num_layers=2, bidirectional=True),
    ),
    "LSTM": (
        case(STEPS, None),
        case(STEPS, LENGTHS, hidden_size=5, num_layers=2, dropout=0.5, bidirectional=True),
        case(FIXED_STEPS, None, weight_init="orthogonal", bias_init="zeros"),
        case(STEPS, None, tensor(10), hidden_size=5),
        case(STEPS, LENGTHS, tensor(10), hidden_size=5, num_layers=2),
    ),
    "GRU": (
        case(STEPS, None),
        case(STEPS, LENGTHS, num_layers=2, bidirectional=True, bias=False),
        case(FIXED_STEPS, None, tensor(7), hidden_size=7),
    ),
    "SequencePool": tuple(
        case(STEPS, links, mode=mode) for mode in ("mean", "max", "sum", "last") for links in (None, LENGTHS)
    ),
    "MultiheadAttention": (
        case(STEPS, None, None, None, None),
        case(STEPS, None, None, LENGTHS, MASK, is_causal=True, num_heads=3),
        case(FIXED_STEPS, tensor(TIME, 5), tensor(TIME, 7), LENGTHS, None, dropout=0.2, bias=False),
        case(FIXED_STEPS, STEPS, None, None, None, weight_init="xavier_uniform"),
        case(STEPS, tensor(OTHER_TIME, 5), None, LENGTHS, tensor(OTHER_TIME, dtype="bool")),
    ),
    "TransformerEncoderLayer": (
        case(STEPS, None, None, dim_feedforward=16),
        case(STEPS, LENGTHS, MASK, nhead=2, dim_feedforward=16, activation="gelu", norm_first=True, is_causal=True),
    ),
    "Attention": (
        case(STEPS, tensor(6, 5), None, None),
        case(STEPS, tensor(OTHER_TIME, 12), LENGTHS, None, score="dot"),
        case(tensor(7), STEPS, LENGTHS, MASK, score="general"),
        case(tensor(7), STEPS, None, MASK, hidden_size=3, weight_init="xavier_uniform"),
    ),
    "AttentionPool": (
        case(STEPS, None, None),
        case(STEPS, LENGTHS, None, hidden_size=3),
        case(STEPS, LENGTHS, MASK, score="dot"),
    ),
    "TransformerDecoderLayer": (
        case(FIXED_STEPS, STEPS, None, None, None, dim_feedforward=16),
        case(STEPS, tensor(6, 12), LENGTHS, LENGTHS, None, nhead=2, dim_feedforward=16, norm_first=True),
        case(STEPS, tensor(OTHER_TIME, 12), None, LENGTHS, None, dim_feedforward=16),
        case(STEPS, STEPS, None, LENGTHS, MASK, dim_feedforward=16, activation="gelu", is_causal=False, bias=False),
    ),
    "PositionalEncoding": (
        case(STEPS),
        case(tensor(6, 5), dropout=0.1),
        case(STEPS, encoding="learned", max_length=200),
    ),
    "Identity": (case(IMAGE), case(WORDS)),
    "Parameter": (
        case(CLASSES),
        case(WORDS, shape=[1, 6], batch_axis=True),
        case(WORDS, shape=(8, 1, 1), weight_init="constant", weight_value=1e-6),
        case(CLASSES, shape=[3], initial={"weight": [1, 2, 3]}),
        case(CLASSES, shape=[3], weight_init="trunc_normal", weight_std=0.5),
    ),
    "Output": (case(IMAGE),),
}

BUILT_BY_THE_GRAPH = ("Input", "Block")
