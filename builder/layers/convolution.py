"""Convolutions: the same small set of weights slides over the whole input."""

from __future__ import annotations

from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import CHANNELS, given, require_fixed, require_multiple
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import WeightStart
from builder.layers.parameters import (
    Count,
    Pair,
    PairMargin,
    Single,
    SingleMargin,
    Triple,
    TripleMargin,
    everywhere,
    keywords,
    spread,
)
from builder.layers.windows import check_window
from builder.tensors import TensorSpec

W = TypeVar("W")
M = TypeVar("M")
PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]


class ConvParams(WeightStart, Generic[W, M]):
    """What all convolutions have."""

    out_channels: Count = Field(32, description="Number of filters, which is the number of channels that come out.")
    kernel_size: W = Field(everywhere(3), description="Size of the window; one number, or one for each axis.")
    stride: W = Field(everywhere(1), description="How far the window moves; 2 halves the size.")
    padding: M | Literal["same", "valid"] = Field(
        everywhere(0), description='Width of the border around the input; "same" keeps the size.'
    )
    dilation: W = Field(everywhere(1), description="Distance between the points of the window.")
    groups: Count = Field(1, description="Parts that the channels are split into; as many as channels is depthwise.")
    bias: bool = Field(True, description="Add a learned constant to every channel; not needed before a normalisation.")
    padding_mode: PaddingMode = Field("zeros", description="What the border is filled with.")


class Convolution(Layer):
    """What convolutions over one, two and three axes share."""

    family = "Convolution"
    shown = ("out_channels", "kernel_size", "stride")
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: ConvParams[int, int], specs: Specs) -> Construct:
        """The number of input channels is the size of axis 1."""
        spec = given(specs)
        channels = require_fixed(spec, CHANNELS, "channels")
        check_groups(channels, params.out_channels, params.groups)
        check_same(params, spec.rank - 2)
        check_border(spec, params)
        check_window(spec, params.kernel_size, params.padding, params.dilation)
        names = ("kernel_size", "stride", "padding", "dilation", "groups", "bias", "padding_mode")
        return Construct(cls.target, (channels, params.out_channels), keywords(params, *names))


def check_groups(channels: int, out_channels: int, groups: int) -> None:
    """Raise Misfit where groups do not divide the channels on either side."""
    code = "groups_do_not_divide"
    require_multiple(channels, groups, "input channels", code, param="groups", wants=groups)
    require_multiple(out_channels, groups, "output channels", code, param="groups", wants=groups)


def check_same(params: ConvParams[int, int], axes: int) -> None:
    """Raise Misfit for a stride that cannot keep the size."""
    if params.padding == "same" and any(step != 1 for step in spread(params.stride, axes)):
        reason = 'padding "same" keeps the size, which only a stride of 1 can do'
        raise Misfit("same_needs_stride_one", reason, param="padding", got=params.stride)


def check_border(spec: TensorSpec, params: ConvParams[int, int]) -> None:
    """Raise Misfit for a border that is filled from the input and wider than it."""
    if isinstance(params.padding, str) or params.padding_mode not in ("reflect", "circular"):
        return
    spare = 1 if params.padding_mode == "reflect" else 0
    for size, margin in zip(spec.shape[2:], spread(params.padding, spec.rank - 2), strict=True):
        if isinstance(size, int) and margin > size - spare:
            reason = f"a border of {margin} cannot be filled from an input of {size} by {params.padding_mode}"
            raise Misfit("padding_too_large", reason, param="padding", wants=size - spare, got=margin)


class Conv1d(Convolution):
    """Slide filters over a sequence: each looks for one short pattern anywhere in it.

    Shapes:
        input: B × C × T. Sequences that come as B × T × D need a Permute before.
        output: B × out_channels × T', T' = (T + 2·padding - dilation·(kernel_size - 1) - 1) / stride + 1.

    Reference:
        Waibel et al. 1989, Phoneme Recognition Using Time-Delay Neural Networks.
    """

    kind = "Conv1d"
    synonyms = ("convolution", "temporal convolution", "tdnn", "filter")
    inputs = (Port("input", ranks=(3,), help="B × C × T"),)
    target = nn.Conv1d

    class Params(ConvParams[Single, SingleMargin]):
        """The filters and how they slide."""


class Conv2d(Convolution):
    """Slide filters over an image: each looks for one small pattern anywhere in it.

    Shapes:
        input: B × C × H × W.
        output: B × out_channels × H' × W', H' = (H + 2·padding - dilation·(kernel_size - 1) - 1) / stride + 1.

    Reference:
        LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition.
    """

    kind = "Conv2d"
    synonyms = ("convolution", "cnn", "filter", "feature map", "depthwise")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.Conv2d

    class Params(ConvParams[Pair, PairMargin]):
        """The filters and how they slide."""


class Conv3d(Convolution):
    """Slide filters over a volume or a clip of images: depth or time, height and width.

    Shapes:
        input: B × C × T × H × W.
        output: B × out_channels × T' × H' × W', each as for Conv2d.

    Reference:
        Tran et al. 2015, Learning Spatiotemporal Features with 3D Convolutional Networks.
    """

    kind = "Conv3d"
    synonyms = ("convolution", "video", "volume", "voxel")
    inputs = (Port("input", ranks=(5,), help="B × C × T × H × W"),)
    target = nn.Conv3d

    class Params(ConvParams[Triple, TripleMargin]):
        """The filters and how they slide."""
