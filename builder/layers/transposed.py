"""Transposed convolutions: from a small map to a larger one, as decoders and generators need it."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import CHANNELS, given, least, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.convolution import check_groups
from builder.layers.initialise import WeightStart
from builder.layers.parameters import Count, Pair, PairMargin, Single, SingleMargin, everywhere, keywords, spread
from builder.tensors import TensorSpec

W = TypeVar("W")
M = TypeVar("M")


class TransposedParams(WeightStart, Generic[W, M]):
    """What all transposed convolutions have."""

    out_channels: Count = Field(32, description="Number of channels that come out.")
    kernel_size: W = Field(
        everywhere(4), description="Size of the window; a multiple of the stride leaves no checkerboard."
    )
    stride: W = Field(everywhere(2), description="How many times larger the output is.")
    padding: M = Field(everywhere(1), description="Width of the border that is cut from the output.")
    output_padding: M = Field(
        everywhere(0), description="Added to one side of the output; smaller than stride or dilation."
    )
    groups: Count = Field(1, description="Parts that the channels are split into.")
    bias: bool = Field(True, description="Add a learned constant to every channel; not needed before a normalisation.")
    dilation: W = Field(everywhere(1), description="Distance between the points of the window.")


class Transposed(Layer):
    """What transposed convolutions over one and two axes share."""

    family = "Convolution"
    shown = ("out_channels", "kernel_size", "stride")
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: TransposedParams[int, int], specs: Specs) -> Construct:
        """The number of input channels is the size of axis 1."""
        spec = given(specs)
        channels = require_fixed(spec, CHANNELS, "channels")
        check_groups(channels, params.out_channels, params.groups)
        check_output(spec, params)
        names = ("kernel_size", "stride", "padding", "output_padding", "groups", "bias", "dilation")
        return Construct(cls.target, (channels, params.out_channels), keywords(params, *names))


def check_output(spec: TensorSpec, params: TransposedParams[int, int]) -> None:
    """Raise Misfit where the output would be padded too far or nothing would be left of it."""
    axes = spec.rank - 2
    names = ("kernel_size", "stride", "padding", "output_padding", "dilation")
    windows = zip(*(spread(value, axes) for value in keywords(params, *names).values()), strict=True)
    for axis, (kernel, stride, padding, extra, dilation) in enumerate(windows, start=2):
        if extra >= max(stride, dilation):
            reason = f"output_padding {extra} must be smaller than the stride {stride} or the dilation {dilation}"
            raise Misfit("output_padding_too_large", reason, param="output_padding", got=extra, wants=stride - 1)
        size = (least(spec.shape[axis]) - 1) * stride - 2 * padding + dilation * (kernel - 1) + extra + 1
        if size < 1:
            reason = f"padding {padding} cuts away more than there is: {size} would be left of axis {axis}"
            raise Misfit("padding_too_large", reason, param="padding", got=padding, axis=axis)


class ConvTranspose1d(Transposed):
    """Spread every step of a sequence over a window of a longer one; by default twice as long.

    Shapes:
        input: B × C × T.
        output: B × out_channels × T',
            T' = (T - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1.

    Reference:
        Dumoulin and Visin 2016, A guide to convolution arithmetic for deep learning.
    """

    kind = "ConvTranspose1d"
    synonyms = ("deconvolution", "upsample", "decoder", "generator")
    inputs = (Port("input", ranks=(3,), help="B × C × T"),)
    target = nn.ConvTranspose1d

    class Params(TransposedParams[Single, SingleMargin]):
        """The filters and how they are laid down."""


class ConvTranspose2d(Transposed):
    """Spread every pixel over a window of a larger image; by default twice as high and wide.

    Shapes:
        input: B × C × H × W.
        output: B × out_channels × H' × W',
            H' = (H - 1)·stride - 2·padding + dilation·(kernel_size - 1) + output_padding + 1.

    Reference:
        Radford et al. 2016, Unsupervised Representation Learning with Deep Convolutional GANs.
    """

    kind = "ConvTranspose2d"
    synonyms = ("deconvolution", "upsample", "decoder", "generator", "dcgan")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.ConvTranspose2d

    class Params(TransposedParams[Pair, PairMargin]):
        """The filters and how they are laid down."""
