"""Normalisation: bring values to mean 0 and deviation 1, then let the layer learn a scale and a shift of its own."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Port
from builder.layers.axes import CHANNELS, given, require_fixed
from builder.layers.base import Layer, Specs
from builder.layers.initialise import ScaleStart
from builder.layers.parameters import Epsilon, Rate, keywords

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
