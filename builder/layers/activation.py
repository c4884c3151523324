"""Activations: the bend between two linear layers, without which they would be one."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.axes import CHANNELS, given, locate_axis, require_fixed
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.initialise import StartParams
from builder.layers.parameters import Count, Dim, Number, keywords


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


class ReLU6(Activation):
    """ReLU that levels off at 6, so that values stay in a range that few bits can hold.

    Shapes:
        input, output: any.

    Formula:
        y = min(max(0, x), 6)

    Reference:
        Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks.
    """

    kind = "ReLU6"
    synonyms = ("rectifier", "clipped", "mobilenet")
    target = nn.ReLU6


class LeakyReLU(Activation):
    """ReLU that lets a little of what is negative through, so that no neuron stays silent for ever.

    Shapes:
        input, output: any.

    Formula:
        y = x where x > 0, else negative_slope · x

    Reference:
        Maas et al. 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """

    kind = "LeakyReLU"
    synonyms = ("leaky", "rectifier", "discriminator")
    shown = ("negative_slope",)
    target = nn.LeakyReLU

    class Params(Params):
        """The slope below zero."""

        negative_slope: Number = Field(0.01, description="Slope below zero; 0.2 is usual in discriminators.")


class PReLU(Layer):
    """ReLU whose slope below zero is learned.

    Shapes:
        input, output: B × C × ... or B × D.

    Formula:
        y = x where x > 0, else slope · x

    Reference:
        He et al. 2015, Delving Deep into Rectifiers.
    """

    kind = "PReLU"
    family = "Activation"
    synonyms = ("parametric", "rectifier", "learned slope")
    shown = ("num_parameters",)
    inputs = (Port("input", ranks=(2, 3, 4, 5)),)

    class Params(StartParams):
        """How many slopes are learned."""

        num_parameters: Count = Field(1, description="1 for one slope, or the number of channels for one each.")
        init: Number = Field(0.25, description="The slope at the start.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> Construct:
        """One slope, or one for each channel."""
        channels = require_fixed(given(specs), CHANNELS, "channels") if params.num_parameters > 1 else 1
        if params.num_parameters != channels:
            reason = f"{params.num_parameters} slopes are given for {channels} channels"
            raise Misfit("sizes_differ", reason, param="num_parameters", wants=channels, got=params.num_parameters)
        return Construct(nn.PReLU, (), keywords(params, "num_parameters", "init"))


class ELU(Activation):
    """ReLU with a smooth bend that levels off below zero, so that the mean of what comes out is near 0.

    Shapes:
        input, output: any.

    Formula:
        y = x where x > 0, else alpha · (exp(x) - 1)

    Reference:
        Clevert et al. 2016, Fast and Accurate Deep Network Learning by Exponential Linear Units.
    """

    kind = "ELU"
    synonyms = ("exponential linear", "smooth")
    target = nn.ELU

    class Params(Params):
        """How deep it goes."""

        alpha: Number = Field(1.0, description="How far below zero the output can go.")


class GELU(Activation):
    """A smooth ReLU that weighs each value by how likely it is among others: the usual choice in Transformers.

    Shapes:
        input, output: any.

    Formula:
        y = x · Φ(x), Φ the distribution function of the standard normal

    Reference:
        Hendrycks and Gimpel 2016, Gaussian Error Linear Units.
    """

    kind = "GELU"
    synonyms = ("gaussian error", "transformer", "bert", "gpt")
    target = nn.GELU

    class Params(Params):
        """How exactly it is computed."""

        approximate: Literal["none", "tanh"] = Field("none", description="Exact, or by tanh, which is a little faster.")


class SiLU(Activation):
    """Each value times its own sigmoid: a smooth ReLU, also known as swish.

    Shapes:
        input, output: any.

    Formula:
        y = x / (1 + exp(-x))

    Reference:
        Ramachandran et al. 2017, Searching for Activation Functions.
    """

    kind = "SiLU"
    synonyms = ("swish", "smooth", "efficientnet")
    target = nn.SiLU


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


class Tanh(Activation):
    """Squeeze any number between -1 and 1, with 0 in the middle.

    Shapes:
        input, output: any.

    Formula:
        y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    """

    kind = "Tanh"
    synonyms = ("hyperbolic tangent", "squash")
    target = nn.Tanh


class Softplus(Activation):
    """A smooth ReLU that is always above zero, for what must be positive, such as a variance.

    Shapes:
        input, output: any.

    Formula:
        y = log(1 + exp(beta · x)) / beta
    """

    kind = "Softplus"
    synonyms = ("positive", "smooth")
    target = nn.Softplus

    class Params(Params):
        """How sharp the bend is."""

        beta: float = Field(1.0, gt=0, le=1e6, description="How sharp the bend is; large values come close to ReLU.")
        threshold: Number = Field(20.0, description="Above this value of beta · x the input itself is taken.")


class Hardswish(Activation):
    """A swish made of straight pieces and one parabola, for small devices.

    Shapes:
        input, output: any.

    Formula:
        y = x · min(max(x + 3, 0), 6) / 6

    Reference:
        Howard et al. 2019, Searching for MobileNetV3.
    """

    kind = "Hardswish"
    synonyms = ("mobile", "swish")
    target = nn.Hardswish


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


class LogSoftmax(SoftmaxLike):
    """The logarithm of the softmax, computed in one step so that nothing is lost: goes before NLLLoss.

    Shapes:
        input, output: any of two axes or more.

    Formula:
        yᵢ = xᵢ - log Σⱼ exp(xⱼ)
    """

    kind = "LogSoftmax"
    synonyms = ("log probabilities", "classes")
    shown = ("dim",)
    target = nn.LogSoftmax

    class Params(SoftmaxParams):
        """Along which axis numbers are compared."""
