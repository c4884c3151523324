"""Normalisation: bring values to mean 0 and deviation 1, then let the layer learn a scale and a shift of its own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import CHANNELS, given, join_sizes, require_fixed, require_multiple
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import ScaleStart
from builder.layers.parameters import Count, Epsilon, Rate, keywords, spread
from builder.parts import channel_norm, group_norm

EPS = "A small number that keeps the division from zero."
AFFINE = "Learn a scale and a shift for every channel."


class BatchNormParams(ScaleStart):
    """What both batch normalisations have."""

    eps: Epsilon = Field(1e-5, description=EPS)
    momentum: Rate = Field(0.1, description="Share of the newest batch in the running mean and variance.")
    affine: bool = Field(True, description=AFFINE)
    track_running_stats: bool = Field(True, description="Keep a running mean and variance for use after training.")


class BatchNorm(Layer):
    """What both batch normalisations share."""

    family = "Normalisation"
    synonyms = ("batch normalization", "bn", "normalise")
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: BatchNormParams, specs: Specs) -> Construct:
        """The number of features is the size of axis 1."""
        features = require_fixed(given(specs), CHANNELS, "channels")
        return Construct(cls.target, (features,), keywords(params, "eps", "momentum", "affine", "track_running_stats"))


class BatchNorm1d(BatchNorm):
    """Normalise every feature over the batch, which makes training faster and steadier.

    Outside training the running mean and variance are used, so that an answer does not depend on its neighbours.

    Shapes:
        input, output: B × D or B × C × T.

    Formula:
        y = (x - mean) / √(variance + eps) · scale + shift

    Reference:
        Ioffe and Szegedy 2015, Batch Normalization: Accelerating Deep Network Training.
    """

    kind = "BatchNorm1d"
    inputs = (Port("input", ranks=(2, 3)),)
    target = nn.BatchNorm1d

    class Params(BatchNormParams):
        """How values are normalised."""


class BatchNorm2d(BatchNorm):
    """Normalise every channel over the batch and all pixels, which makes training faster and steadier.

    Outside training the running mean and variance are used, so that an answer does not depend on its neighbours.

    Shapes:
        input, output: B × C × H × W.

    Formula:
        y = (x - mean) / √(variance + eps) · scale + shift

    Reference:
        Ioffe and Szegedy 2015, Batch Normalization: Accelerating Deep Network Training.
    """

    kind = "BatchNorm2d"
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)
    target = nn.BatchNorm2d

    class Params(BatchNormParams):
        """How values are normalised."""


class GroupNorm(Layer):
    """Normalise groups of channels of each sample by itself, whatever the size of the batch.

    Shapes:
        input, output: B × C × ...

    Formula:
        y = (x - mean) / √(variance + eps) · scale + shift, over the channels of a group and all pixels

    Reference:
        Wu and He 2018, Group Normalization.
    """

    kind = "GroupNorm"
    family = "Normalisation"
    synonyms = ("group normalization", "gn", "normalise")
    shown = ("num_groups",)
    inputs = (Port("input", ranks=(2, 3, 4, 5)),)

    class Params(ScaleStart):
        """How channels are grouped and normalised."""

        num_groups: Count = Field(8, description="Parts that the channels are split into; 1 normalises all together.")
        eps: Epsilon = Field(1e-5, description=EPS)
        affine: bool = Field(True, description=AFFINE)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of channels is the size of axis 1."""
        spec = given(specs)
        channels = require_fixed(spec, CHANNELS, "channels")
        facts = {"param": "num_groups", "wants": params.num_groups}
        require_multiple(channels, params.num_groups, "channels", "groups_do_not_divide", **facts)
        if spec.rank == 2 and channels == params.num_groups:
            reason = f"each of the {channels} groups would hold one value, and one value normalised is always 0"
            raise Misfit("nothing_to_normalise", reason, param="num_groups")
        return Construct(group_norm.GroupNorm, (params.num_groups, channels), keywords(params, "eps", "affine"))


class InstanceNorm2d(Layer):
    """Normalise every channel of each image by itself, which takes its contrast away: used where style is learned.

    Shapes:
        input, output: B × C × H × W.

    Formula:
        y = (x - mean) / √(variance + eps), over the pixels of a channel

    Reference:
        Ulyanov et al. 2016, Instance Normalization: The Missing Ingredient for Fast Stylization.
    """

    kind = "InstanceNorm2d"
    family = "Normalisation"
    synonyms = ("instance normalization", "style", "contrast", "normalise")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)

    class Params(ScaleStart):
        """How images are normalised."""

        eps: Epsilon = Field(1e-5, description=EPS)
        momentum: Rate = Field(0.1, description="Share of the newest batch in the running mean and variance.")
        affine: bool = Field(False, description=AFFINE)
        track_running_stats: bool = Field(False, description="Keep a running mean and variance for use after training.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of channels is the size of axis 1; one pixel alone has no deviation."""
        spec = given(specs)
        if spec.shape[2:] == (1, 1):
            reason = "an image of one pixel is always 0 once it is normalised by itself"
            raise Misfit("nothing_to_normalise", reason, port="input")
        names = ("eps", "momentum", "affine", "track_running_stats")
        return Construct(nn.InstanceNorm2d, (require_fixed(spec, CHANNELS, "channels"),), keywords(params, *names))


NORMALIZED_SHAPE = "Sizes of the last axes that are normalised together; empty is the last axis alone."


def read_normalized_shape(wanted: int | tuple[int, ...] | None, specs: Specs) -> int | tuple[int, ...]:
    """The sizes of the axes to normalise, the last one by default. Raises Misfit where the input has others."""
    spec = given(specs)
    if wanted is None:
        return require_fixed(spec, -1, "features")
    shape = spread(wanted, 1)
    if spec.shape[-len(shape) :] != shape or len(shape) >= spec.rank:
        reason = f"the last sizes of the input {join_sizes(spec.shape)} are not {join_sizes(shape)}"
        raise Misfit("sizes_differ", reason, param="normalized_shape", wants=spec.shape[-1], got=shape)
    return wanted


class LayerNorm(Layer):
    """Normalise the features of each step of each sample by themselves: the usual choice in Transformers.

    Shapes:
        input, output: B × ... × D.

    Formula:
        y = (x - mean) / √(variance + eps) · scale + shift, over the last axis

    Reference:
        Ba et al. 2016, Layer Normalization.
    """

    kind = "LayerNorm"
    family = "Normalisation"
    synonyms = ("layer normalization", "ln", "normalise", "transformer")
    inputs = (Port("input", ranks=(2, 3, 4, 5)),)

    class Params(ScaleStart):
        """Which axes are normalised, and how."""

        normalized_shape: Count | tuple[Count, ...] | None = Field(None, description=NORMALIZED_SHAPE)
        eps: Epsilon = Field(1e-5, description=EPS)
        elementwise_affine: bool = Field(True, description="Learn a scale and a shift for every feature.")
        bias: bool = Field(True, description="Learn the shift too, not the scale alone.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        shape = read_normalized_shape(params.normalized_shape, specs)
        return Construct(nn.LayerNorm, (shape,), keywords(params, "eps", "elementwise_affine", "bias"))


class LayerNorm2d(Layer):
    """Normalise the channels at each pixel by themselves: LayerNorm for images.

    Shapes:
        input, output: B × C × H × W.

    Formula:
        y = (x - mean) / √(variance + eps) · scale + shift, over the channels of a pixel

    Reference:
        Liu et al. 2022, A ConvNet for the 2020s.
    """

    kind = "LayerNorm2d"
    family = "Normalisation"
    synonyms = ("layer normalization", "channel norm", "normalise", "convnext")
    inputs = (Port("input", ranks=(4,), help="B × C × H × W"),)

    class Params(ScaleStart):
        """How pixels are normalised."""

        eps: Epsilon = Field(1e-5, description=EPS)

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of channels is the size of axis 1."""
        channels = require_fixed(given(specs), CHANNELS, "channels")
        return Construct(channel_norm.LayerNorm2d, (channels,), keywords(params, "eps"))


class RMSNorm(Layer):
    """Divide the features of each step by their root mean square: LayerNorm without mean and shift, and cheaper.

    Shapes:
        input, output: B × ... × D.

    Formula:
        y = x / √(mean(x²) + eps) · scale

    Reference:
        Zhang and Sennrich 2019, Root Mean Square Layer Normalization.
    """

    kind = "RMSNorm"
    family = "Normalisation"
    synonyms = ("root mean square", "normalise", "transformer", "llama")
    inputs = (Port("input", ranks=(2, 3, 4, 5)),)

    class Params(ScaleStart):
        """Which axes are normalised, and how."""

        normalized_shape: Count | tuple[Count, ...] | None = Field(None, description=NORMALIZED_SHAPE)
        eps: Epsilon | None = Field(None, description="Keeps the division from zero; empty is the smallest that does.")
        elementwise_affine: bool = Field(True, description="Learn a scale for every feature.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """The number of features is the size of the last axis."""
        shape = read_normalized_shape(params.normalized_shape, specs)
        return Construct(nn.RMSNorm, (shape,), keywords(params, "eps", "elementwise_affine"))
