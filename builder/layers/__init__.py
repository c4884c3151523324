"""The catalogue of layers: everything a network can be made of, by the stable name that project files use."""

from __future__ import annotations

from builder.layers.activation import ReLU, Sigmoid, Softmax
from builder.layers.base import Layer
from builder.layers.convolution import Conv1d, Conv2d, Conv3d
from builder.layers.linear import Bilinear, Linear
from builder.layers.merge import Add, Concat
from builder.layers.normalisation import BatchNorm1d, BatchNorm2d
from builder.layers.pooling import AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d
from builder.layers.ports import Input, Output
from builder.layers.regularisation import Dropout, Dropout2d
from builder.layers.shape import Flatten

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
    "MaxPool1d": MaxPool1d,
    "MaxPool2d": MaxPool2d,
    "AvgPool1d": AvgPool1d,
    "AvgPool2d": AvgPool2d,
    "ReLU": ReLU,
    "Sigmoid": Sigmoid,
    "Softmax": Softmax,
    "BatchNorm1d": BatchNorm1d,
    "BatchNorm2d": BatchNorm2d,
    "Dropout": Dropout,
    "Dropout2d": Dropout2d,
    "Flatten": Flatten,
    "Add": Add,
    "Concat": Concat,
}
