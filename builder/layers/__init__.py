"""The catalogue of layers: everything a network can be made of, by the stable name that project files use."""

from __future__ import annotations

from builder.layers.activation import (
    ELU,
    GELU,
    Hardswish,
    LeakyReLU,
    LogSoftmax,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from builder.layers.adaptive_pooling import AdaptiveAvgPool1d, AdaptiveAvgPool2d, AdaptiveMaxPool2d, GlobalAvgPool
from builder.layers.attention import Attention, AttentionPool, MultiheadAttention
from builder.layers.base import Layer
from builder.layers.convolution import Conv1d, Conv2d, Conv3d
from builder.layers.layout import Permute, Slice, Squeeze, Unsqueeze
from builder.layers.linear import Bilinear, Linear
from builder.layers.merge import Add, Concat, MatMul, Multiply, Stack, Subtract
from builder.layers.normalisation import (
    BatchNorm1d,
    BatchNorm2d,
    GroupNorm,
    InstanceNorm2d,
    LayerNorm,
    LayerNorm2d,
    RMSNorm,
)
from builder.layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from builder.layers.ports import Input, Output
from builder.layers.recurrent import GRU, LSTM, RNN
from builder.layers.reduction import Mean, Sum
from builder.layers.regularisation import Dropout, Dropout2d, StochasticDepth
from builder.layers.resize import Pad, PixelShuffle, Upsample
from builder.layers.sequence import Embedding, SequencePool
from builder.layers.shape import Flatten, Reshape, Unflatten
from builder.layers.structure import Block, Identity, Parameter
from builder.layers.transformer import PositionalEncoding, TransformerDecoderLayer, TransformerEncoderLayer
from builder.layers.transposed import ConvTranspose1d, ConvTranspose2d

FAMILIES: tuple[str, ...] = (
    "Input and output",
    "Linear",
    "Convolution",
    "Pooling",
    "Activation",
    "Normalisation",
    "Regularisation",
    "Shape",
    "Merge",
    "Sequence",
    "Attention",
    "Structure",
)

CATALOGUE: dict[str, type[Layer]] = {
    "Input": Input,
    "Output": Output,
    "Linear": Linear,
    "Bilinear": Bilinear,
    "Conv1d": Conv1d,
    "Conv2d": Conv2d,
    "Conv3d": Conv3d,
    "ConvTranspose1d": ConvTranspose1d,
    "ConvTranspose2d": ConvTranspose2d,
    "MaxPool1d": MaxPool1d,
    "MaxPool2d": MaxPool2d,
    "AvgPool1d": AvgPool1d,
    "AvgPool2d": AvgPool2d,
    "AdaptiveAvgPool1d": AdaptiveAvgPool1d,
    "AdaptiveAvgPool2d": AdaptiveAvgPool2d,
    "AdaptiveMaxPool2d": AdaptiveMaxPool2d,
    "GlobalAvgPool": GlobalAvgPool,
    "ReLU": ReLU,
    "ReLU6": ReLU6,
    "LeakyReLU": LeakyReLU,
    "PReLU": PReLU,
    "ELU": ELU,
    "GELU": GELU,
    "SiLU": SiLU,
    "Sigmoid": Sigmoid,
    "Tanh": Tanh,
    "Softmax": Softmax,
    "LogSoftmax": LogSoftmax,
    "Softplus": Softplus,
    "Hardswish": Hardswish,
    "BatchNorm1d": BatchNorm1d,
    "BatchNorm2d": BatchNorm2d,
    "LayerNorm": LayerNorm,
    "LayerNorm2d": LayerNorm2d,
    "GroupNorm": GroupNorm,
    "InstanceNorm2d": InstanceNorm2d,
    "RMSNorm": RMSNorm,
    "Dropout": Dropout,
    "Dropout2d": Dropout2d,
    "StochasticDepth": StochasticDepth,
    "Flatten": Flatten,
    "Unflatten": Unflatten,
    "Reshape": Reshape,
    "Permute": Permute,
    "Squeeze": Squeeze,
    "Unsqueeze": Unsqueeze,
    "Slice": Slice,
    "Pad": Pad,
    "Upsample": Upsample,
    "PixelShuffle": PixelShuffle,
    "Add": Add,
    "Multiply": Multiply,
    "Subtract": Subtract,
    "Concat": Concat,
    "Stack": Stack,
    "MatMul": MatMul,
    "Mean": Mean,
    "Sum": Sum,
    "Embedding": Embedding,
    "RNN": RNN,
    "LSTM": LSTM,
    "GRU": GRU,
    "SequencePool": SequencePool,
    "MultiheadAttention": MultiheadAttention,
    "Attention": Attention,
    "AttentionPool": AttentionPool,
    "TransformerEncoderLayer": TransformerEncoderLayer,
    "TransformerDecoderLayer": TransformerDecoderLayer,
    "PositionalEncoding": PositionalEncoding,
    "Identity": Identity,
    "Parameter": Parameter,
    "Block": Block,
}

__all__ = ["CATALOGUE", "FAMILIES"]
