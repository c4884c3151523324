"""Pooling to a size that is given, whatever the size of the input."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

import torch
from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Layer, Specs
from builder.layers.parameters import Pair, Single, everywhere, keywords

S = TypeVar("S")


class AdaptiveParams(Params, Generic[S]):
    """What all adaptive pooling has."""

    output_size: S = Field(everywhere(1), description="Size of the output; one number, or one for each axis.")


class AdaptivePool(Layer):
    """What adaptive pooling shares."""

    family = "Pooling"
    shown = ("output_size",)
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: AdaptiveParams[int], specs: Specs) -> Construct:
        """PyTorch's own."""
        return Construct(cls.target, (), keywords(params, "output_size"))


class AdaptiveAvgPool1d(AdaptivePool):
    """Average a sequence down to a given number of steps.

    Shapes:
        input: B × C × T.
        output: B × C × output_size.

    Reference:
        He et al. 2015, Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition.
    """

    kind = "AdaptiveAvgPool1d"
    synonyms = ("average pooling", "resize", "any length")
    inputs = (Port("input", ranks=(3,), help="B × C × T"),)
    target = nn.AdaptiveAvgPool1d

    class Params(AdaptiveParams[Single]):
        """The size that comes out."""


class AdaptiveAvgPool2d(AdaptivePool):
    """Average an image down to a given height and width, so that a Linear fits behind images of any size.

    Shapes:
        input: B × C × H × W.
        output: B × C × output_size × output_size.

    Reference:
        He et al. 2015, Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition.
    """

    kind = "AdaptiveAvgPool2d"
    synonyms = ("average pooling", "resize", "any size", "global")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.AdaptiveAvgPool2d

    class Params(AdaptiveParams[Pair]):
        """The size that comes out."""


class AdaptiveMaxPool2d(AdaptivePool):
    """Keep the largest values of an image down to a given height and width.

    Shapes:
        input: B × C × H × W.
        output: B × C × output_size × output_size.

    Reference:
        He et al. 2015, Spatial Pyramid Pooling in Deep Convolutional Networks for Visual Recognition.
    """

    kind = "AdaptiveMaxPool2d"
    synonyms = ("max pooling", "resize", "any size", "global")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.AdaptiveMaxPool2d

    class Params(AdaptiveParams[Pair]):
        """The size that comes out."""


class GlobalAvgPool(Layer):
    """Average every channel over the whole image, sequence or volume: one number a channel.

    Takes the place of Flatten and a large Linear at the end of a convolutional network. For padded sequences of
    different lengths use SequencePool; to multiply an image by the result, AdaptiveAvgPool2d, which keeps the axes.

    Shapes:
        input: B × C × T, B × C × H × W or B × C × T × H × W.
        output: B × C.

    Reference:
        Lin et al. 2014, Network In Network.
    """

    kind = "GlobalAvgPool"
    family = "Pooling"
    title = "GlobalAvgPool"
    synonyms = ("global average pooling", "gap", "mean over pixels", "squeeze")
    inputs = (Port("input", ranks=(3, 4, 5)),)
    stateless = True

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """The mean over all axes behind the channels."""
        return torch.flatten(inputs[0], 2).mean(dim=2)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The same in source."""
        return f"torch.flatten({names[0]}, 2).mean(dim=2)"
