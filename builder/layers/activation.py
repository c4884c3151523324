"""Activations: the bend between two linear layers, without which they would be one."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params
from builder.layers.axes import given, locate_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Dim, Number


class Activation(Layer):
    """What activations share: the module takes the parameters as they are, and every value is mapped on its own."""

    family = "Activation"
    target: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """PyTorch's own."""
        return Construct(cls.target, (), params.model_dump())


class ReLU(Activation):
    """Keep what is positive, make the rest zero: simple, fast, and the usual first choice.

    Shapes:
        input, output: any.

    Formula:
        y = max(0, x)

    Reference:
        Nair and Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """

    kind = "ReLU"
    synonyms = ("rectifier", "relu")
    target = nn.ReLU


class Sigmoid(Activation):
    """Squeeze any number between 0 and 1, such as a probability.

    A loss "with logits" does this itself; leave it out before such a loss.

    Shapes:
        input, output: any.

    Formula:
        y = 1 / (1 + exp(-x))
    """

    kind = "Sigmoid"
    synonyms = ("logistic", "probability", "gate")
    target = nn.Sigmoid


class SoftmaxParams(Params):
    """Along which axis numbers are compared."""

    dim: Dim = Field(-1, description="The axis that sums to one; -1 is the last. Axis 0, the batch, cannot be it.")


class SoftmaxLike(Activation):
    """What the softmax functions share."""

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Check that the axis is there and is not the batch's."""
        if locate_axis(params.dim, given(specs).rank) == 0:
            raise Misfit("batch_mixed", "axis 0 counts the samples of the batch, which must not mix", param="dim")
        return super().construct(params, specs)


class Softmax(SoftmaxLike):
    """Turn numbers into probabilities that sum to one.

    Cross-entropy does this itself; leave it out before that loss.

    Shapes:
        input, output: any of two axes or more.

    Formula:
        yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ)
    """

    kind = "Softmax"
    synonyms = ("probabilities", "normalised exponential", "classes")
    shown = ("dim",)
    target = nn.Softmax

    class Params(SoftmaxParams):
        """Along which axis numbers are compared."""
