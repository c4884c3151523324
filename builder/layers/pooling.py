"""Pooling: keep what a window says in short. No weights are learned."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import given
from builder.layers.base import Layer, Specs
from builder.layers.parameters import Pair, PairMargin, Single, SingleMargin, everywhere, keywords
from builder.layers.windows import check_half_padding, check_window

W = TypeVar("W")
M = TypeVar("M")


class PoolParams(Params, Generic[W, M]):
    """What all pooling with windows has."""

    kernel_size: W = Field(everywhere(2), description="Size of the window; one number, or one for each axis.")
    stride: W | None = Field(None, description="How far the window moves; empty moves it by its own size.")
    padding: M = Field(everywhere(0), description="Border around the input, at most half of the window.")
    ceil_mode: bool = Field(False, description="Keep a last window that is only partly filled.")


class MaxPoolParams(PoolParams[W, M], Generic[W, M]):
    """What pooling with the largest value has."""

    dilation: W = Field(everywhere(1), description="Distance between the points of the window.")


class AvgPoolParams(PoolParams[W, M], Generic[W, M]):
    """What pooling with the mean has."""

    count_include_pad: bool = Field(True, description="Count the zeros of the border in the mean.")


class MaxPool(Layer):
    """What pooling with the largest value shares."""

    family = "Pooling"
    shown = ("kernel_size", "stride")
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: MaxPoolParams[int, int], specs: Specs) -> Construct:
        """Check that the window fits."""
        spec = given(specs)
        check_half_padding(params.kernel_size, params.padding, spec.rank - 2)
        check_window(spec, params.kernel_size, params.padding, params.dilation)
        return Construct(cls.target, (), keywords(params, "kernel_size", "stride", "padding", "dilation", "ceil_mode"))


class AvgPool(Layer):
    """What pooling with the mean shares."""

    family = "Pooling"
    shown = ("kernel_size", "stride")
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: AvgPoolParams[int, int], specs: Specs) -> Construct:
        """Check that the window fits."""
        spec = given(specs)
        check_half_padding(params.kernel_size, params.padding, spec.rank - 2)
        check_window(spec, params.kernel_size, params.padding)
        names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
        return Construct(cls.target, (), keywords(params, *names))


class MaxPool1d(MaxPool):
    """Keep the largest value of each window of a sequence.

    Shapes:
        input: B × C × T.
        output: B × C × T', T' = (T + 2·padding - dilation·(kernel_size - 1) - 1) / stride + 1.
    """

    kind = "MaxPool1d"
    synonyms = ("max pooling", "downsample", "subsample")
    inputs = (Port("input", ranks=(3,), help="B × C × T"),)
    target = nn.MaxPool1d

    class Params(MaxPoolParams[Single, SingleMargin]):
        """The window and how it slides."""


class MaxPool2d(MaxPool):
    """Keep the largest value of each window of an image: was the pattern there, no matter where exactly.

    Shapes:
        input: B × C × H × W.
        output: B × C × H' × W', H' = (H + 2·padding - dilation·(kernel_size - 1) - 1) / stride + 1.
    """

    kind = "MaxPool2d"
    synonyms = ("max pooling", "downsample", "subsample")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.MaxPool2d

    class Params(MaxPoolParams[Pair, PairMargin]):
        """The window and how it slides."""


class AvgPool1d(AvgPool):
    """Keep the mean of each window of a sequence.

    Shapes:
        input: B × C × T.
        output: B × C × T', T' = (T + 2·padding - kernel_size) / stride + 1.
    """

    kind = "AvgPool1d"
    synonyms = ("average pooling", "mean pooling", "smooth", "downsample")
    inputs = (Port("input", ranks=(3,), help="B × C × T"),)
    target = nn.AvgPool1d

    class Params(AvgPoolParams[Single, SingleMargin]):
        """The window and how it slides."""


class AvgPool2d(AvgPool):
    """Keep the mean of each window of an image.

    Shapes:
        input: B × C × H × W.
        output: B × C × H' × W', H' = (H + 2·padding - kernel_size) / stride + 1.
    """

    kind = "AvgPool2d"
    synonyms = ("average pooling", "mean pooling", "smooth", "downsample")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.AvgPool2d

    class Params(AvgPoolParams[Pair, PairMargin]):
        """The window and how it slides."""
