"""Which classes of ``torch.nn`` are which kinds of nodes, and what the places of their arguments are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, int]
CHANNELS: Place = ("input", 1)
LAST: Place = ("input", -1)
IGNORED = frozenset({"device", "dtype", "inplace"})


@dataclass(frozen=True)
class Spec:
    """A class of a library: its kind, its arguments in order, the sizes that our layers infer, and PyTorch's own defaults."""

    kind: str
    names: tuple[str, ...] = ()
    sizes: Mapping[str, Place] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def spec(kind: str, names: str = "", defaults: Mapping[str, Any] | None = None, **sizes: Place) -> Spec:
    """A Spec with its names in one string."""
    return Spec(kind, tuple(names.split()), sizes, defaults or {})


CONV = "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode"
TRANSPOSED = "in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode"
UNLIKE_OURS = {"stride": 1, "padding": 0}
MAX_POOL = "kernel_size stride padding dilation return_indices ceil_mode"
AVG_POOL = "kernel_size stride padding ceil_mode count_include_pad"
BATCH_NORM = "num_features eps momentum affine track_running_stats"
RNN = "input_size hidden_size num_layers nonlinearity bias batch_first dropout bidirectional"
LSTM = "input_size hidden_size num_layers bias batch_first dropout bidirectional proj_size"
ATTENTION = "embed_dim num_heads dropout bias add_bias_kv add_zero_attn kdim vdim batch_first"
ENCODER = "d_model nhead dim_feedforward dropout activation layer_norm_eps batch_first norm_first bias"
KEY, VALUE = ("key", -1), ("value", -1)

NN: dict[str, Spec] = {
    "Linear": spec("Linear", "in_features out_features bias", in_features=LAST),
    "LazyLinear": spec("Linear", "out_features bias"),
    "Bilinear": spec(
        "Bilinear", "in1_features in2_features out_features bias", in1_features=LAST, in2_features=("other", -1)
    ),
    "Conv1d": spec("Conv1d", CONV, in_channels=CHANNELS),
    "Conv2d": spec("Conv2d", CONV, in_channels=CHANNELS),
    "Conv3d": spec("Conv3d", CONV, in_channels=CHANNELS),
    "LazyConv1d": spec("Conv1d", CONV.removeprefix("in_channels ")),
    "LazyConv2d": spec("Conv2d", CONV.removeprefix("in_channels ")),
    "ConvTranspose1d": spec("ConvTranspose1d", TRANSPOSED, UNLIKE_OURS, in_channels=CHANNELS),
    "ConvTranspose2d": spec("ConvTranspose2d", TRANSPOSED, UNLIKE_OURS, in_channels=CHANNELS),
    "MaxPool1d": spec("MaxPool1d", MAX_POOL),
    "MaxPool2d": spec("MaxPool2d", MAX_POOL),
    "AvgPool1d": spec("AvgPool1d", AVG_POOL),
    "AvgPool2d": spec("AvgPool2d", AVG_POOL),
    "AdaptiveAvgPool1d": spec("AdaptiveAvgPool1d", "output_size"),
    "AdaptiveAvgPool2d": spec("AdaptiveAvgPool2d", "output_size"),
    "AdaptiveMaxPool2d": spec("AdaptiveMaxPool2d", "output_size return_indices"),
    "ReLU": spec("ReLU", "inplace"),
    "ReLU6": spec("ReLU6", "inplace"),
    "LeakyReLU": spec("LeakyReLU", "negative_slope inplace"),
    "PReLU": spec("PReLU", "num_parameters init"),
    "ELU": spec("ELU", "alpha inplace"),
    "GELU": spec("GELU", "approximate"),
    "SiLU": spec("SiLU", "inplace"),
    "Sigmoid": spec("Sigmoid"),
    "Tanh": spec("Tanh"),
    "Softmax": spec("Softmax", "dim"),
    "LogSoftmax": spec("LogSoftmax", "dim"),
    "Softmax2d": spec("Softmax", "", {"dim": 1}),
    "Softplus": spec("Softplus", "beta threshold"),
    "Hardswish": spec("Hardswish", "inplace"),
    "BatchNorm1d": spec("BatchNorm1d", BATCH_NORM, num_features=CHANNELS),
    "BatchNorm2d": spec("BatchNorm2d", BATCH_NORM, num_features=CHANNELS),
    "LazyBatchNorm2d": spec("BatchNorm2d", BATCH_NORM.removeprefix("num_features ")),
    "InstanceNorm2d": spec("InstanceNorm2d", BATCH_NORM, num_features=CHANNELS),
    "GroupNorm": spec("GroupNorm", "num_groups num_channels eps affine", num_channels=CHANNELS),
    "LayerNorm": spec("LayerNorm", "normalized_shape eps elementwise_affine bias"),
    "RMSNorm": spec("RMSNorm", "normalized_shape eps elementwise_affine"),
    "Dropout": spec("Dropout", "p inplace"),
    "Dropout2d": spec("Dropout2d", "p inplace"),
    "Flatten": spec("Flatten", "start_dim end_dim"),
    "Unflatten": spec("Unflatten", "dim unflattened_size"),
    "Upsample": spec("Upsample", "size scale_factor mode align_corners recompute_scale_factor", {"scale_factor": None}),
    "UpsamplingNearest2d": spec("Upsample", "size scale_factor", {"scale_factor": None, "mode": "nearest"}),
    "UpsamplingBilinear2d": spec(
        "Upsample", "size scale_factor", {"scale_factor": None, "mode": "bilinear", "align_corners": True}
    ),
    "PixelShuffle": spec("PixelShuffle", "upscale_factor"),
    "ZeroPad2d": spec("Pad", "pad"),
    "ConstantPad2d": spec("Pad", "pad value"),
    "ReflectionPad2d": spec("Pad", "pad", {"mode": "reflect"}),
    "ReplicationPad2d": spec("Pad", "pad", {"mode": "replicate"}),
    "CircularPad2d": spec("Pad", "pad", {"mode": "circular"}),
    "Embedding": spec("Embedding", "num_embeddings embedding_dim padding_idx"),
    "RNN": spec("RNN", RNN, input_size=LAST),
    "LSTM": spec("LSTM", LSTM, input_size=LAST),
    "GRU": spec("GRU", LSTM.removesuffix(" proj_size"), input_size=LAST),
    "MultiheadAttention": spec("MultiheadAttention", ATTENTION, embed_dim=LAST, kdim=KEY, vdim=VALUE),
    "TransformerEncoderLayer": spec("TransformerEncoderLayer", ENCODER, d_model=LAST),
    "TransformerDecoderLayer": spec("TransformerDecoderLayer", ENCODER, {"is_causal": False}, d_model=LAST),
    "Identity": spec("Identity"),
}

OWN: dict[str, Spec] = {
    "RNN": spec("RNN", RNN.replace("batch_first ", ""), input_size=LAST),
    "LSTM": spec("LSTM", LSTM.replace("batch_first ", ""), input_size=LAST),
    "GRU": spec("GRU", LSTM.replace("batch_first ", ""), input_size=LAST),
    "MultiheadAttention": spec(
        "MultiheadAttention",
        "embed_dim num_heads dropout bias kdim vdim is_causal",
        embed_dim=LAST,
        kdim=KEY,
        vdim=VALUE,
    ),
    "TransformerEncoderLayer": spec(
        "TransformerEncoderLayer", f"{ENCODER.replace('batch_first ', '')} is_causal", d_model=LAST
    ),
    "TransformerDecoderLayer": spec(
        "TransformerDecoderLayer", f"{ENCODER.replace('batch_first ', '')} is_causal", d_model=LAST
    ),
    "Attention": spec(
        "Attention", "query_size memory_size score hidden_size", query_size=LAST, memory_size=("memory", -1)
    ),
    "AttentionPool": spec("AttentionPool", "features score hidden_size", features=LAST),
    "SinusoidalEncoding": spec("PositionalEncoding", "features dropout", features=LAST),
    "LearnedEncoding": spec(
        "PositionalEncoding", "features max_length dropout", {"encoding": "learned"}, features=LAST
    ),
    "SequencePool": spec("SequencePool", "mode"),
    "GroupNorm": spec("GroupNorm", "num_groups num_channels eps affine", num_channels=CHANNELS),
    "LayerNorm2d": spec("LayerNorm2d", "normalized_shape eps", normalized_shape=CHANNELS),
    "StochasticDepth": spec("StochasticDepth", "p"),
    "LearnedTensor": spec("Parameter", "shape batch_axis"),
}
"""The modules that exported code brings along."""

HARMLESS: dict[str, tuple[Any, ...]] = {
    "return_indices": (False,),
    "proj_size": (0,),
    "add_bias_kv": (False,),
    "add_zero_attn": (False,),
    "recompute_scale_factor": (None, False),
    "padding_mode": ("zeros",),
    "divisor_override": (None,),
    "antialias": (False,),
    "max_norm": (None,),
    "scale_grad_by_freq": (False,),
    "sparse": (False,),
    "enable_nested_tensor": (True, False),
    "mask_check": (True, False),
}
"""Arguments that no layer here has, and the values at which leaving them out changes nothing."""
