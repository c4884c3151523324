"""Layers that make training harder so that what is learned holds on new data."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Layer, Specs
from builder.layers.parameters import Rate, keywords
from builder.parts import stochastic_depth


class DropoutParams(Params):
    """How much is dropped."""

    p: Rate = Field(0.5, description="Chance that a value is set to zero, from 0 to 1.")


class Dropout(Layer):
    """Set random values to zero while training, so that no neuron relies on a single other one.

    What stays is divided by 1 - p, so that the sum keeps its size. Does nothing outside training.

    Shapes:
        input, output: any.

    Reference:
        Srivastava et al. 2014, Dropout: A Simple Way to Prevent Neural Networks from Overfitting.
    """

    kind = "Dropout"
    family = "Regularisation"
    synonyms = ("regularisation", "noise", "overfitting")
    shown = ("p",)

    class Params(DropoutParams):
        """How much is dropped."""

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """PyTorch's own."""
        return Construct(nn.Dropout, (), keywords(params, "p"))


class Dropout2d(Layer):
    """Set whole random channels to zero while training.

    Neighbouring pixels of a channel say nearly the same, so that dropping single ones would drop nothing.

    Shapes:
        input, output: B × C × H × W.

    Reference:
        Tompson et al. 2015, Efficient Object Localization Using Convolutional Networks.
    """

    kind = "Dropout2d"
    family = "Regularisation"
    synonyms = ("spatial dropout", "channel dropout", "regularisation")
    shown = ("p",)
    inputs = (Port("input", ranks=(4,)),)

    class Params(DropoutParams):
        """How much is dropped."""

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """PyTorch's own."""
        return Construct(nn.Dropout2d, (), keywords(params, "p"))


class StochasticDepth(Layer):
    """Let random samples skip a branch while training: put it at the end of the branch, before the Add.

    What stays is divided by 1 - p. A deep network trains faster and depends less on single layers. Does nothing outside
    training.

    Shapes:
        input, output: any.

    Reference:
        Huang et al. 2016, Deep Networks with Stochastic Depth.
    """

    kind = "StochasticDepth"
    family = "Regularisation"
    synonyms = ("drop path", "drop connect", "skip layers", "regularisation")
    shown = ("p",)

    class Params(Params):
        """How often a branch is skipped."""

        p: float = Field(0.1, ge=0, lt=1, description="Chance that a sample skips the branch, from 0 to below 1.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """Nothing depends on sizes."""
        return Construct(stochastic_depth.StochasticDepth, (), keywords(params, "p"))
