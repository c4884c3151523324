"""Losses without a truth in the data: distributions, views of one thing, and what another network says."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Misfit, Specs
from builder.parts import latent_losses as parts
from builder.training.base import Loss
from builder.training.fitting import describe


class PairLoss(Loss):
    """A loss of two tensors of one shape."""

    family = "Losses"
    part: ClassVar[type[nn.Module]]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss. Raises Misfit where the two are of different shapes."""
        one, other = (*specs, None, None)[:2]
        if one is not None and other is not None and one.shape != other.shape:
            reason = f"got {describe(one)} and {describe(other)}, needs the same shape on both sides"
            raise Misfit("target_shape", reason, port=cls.inputs[1].name, got=other, wants=one)
        return Construct(cls.part, kwargs=params.model_dump())


class NormalKLLoss(PairLoss):
    """How far the distributions that an encoder gives are from the standard normal one, which samples are drawn from later.

    Shapes:
        mean, log_variance: (B, ...), the same shape. output: one number, summed over a sample, the mean over the batch.

    Formula:
        -0.5 * sum(1 + log_variance - mean ** 2 - exp(log_variance))

    Reference:
        Kingma and Welling, Auto-Encoding Variational Bayes, 2014.
    """

    kind = "NormalKLLoss"
    title = "KL to normal"
    synonyms = ("kullback-leibler", "divergence", "vae", "variational", "elbo", "latent")
    inputs = (
        Port("mean", help="Means of the distributions."),
        Port("log_variance", help="Logarithms of their variances."),
    )
    part = parts.NormalKLLoss


class NTXentLoss(PairLoss):
    """Has two views of the same picture find each other among all pictures of the batch: learning without labels.

    Shapes:
        first, second: (B, D), row by row two views of the same thing. output: one number.

    Formula:
        cross-entropy of cos(view, others) / temperature, where the other view is the right answer

    Reference:
        Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, 2020.
    """

    kind = "NTXentLoss"
    title = "NT-Xent"
    synonyms = ("contrastive", "simclr", "info nce", "self-supervised", "views")
    shown = ("temperature",)
    inputs = (
        Port("first", ranks=(2,), help="One view of each sample."),
        Port("second", ranks=(2,), help="Another view of it."),
    )
    part = parts.NTXentLoss

    class Params(Params):
        """How sharply views are told apart."""

        temperature: float = Field(0.5, gt=0, description="The smaller, the more the nearest others count.")


class DistillationLoss(PairLoss):
    """How far a small network's answers are from those of a large one, whose doubts are worth learning too.

    Shapes:
        input, target: (B, classes), plain scores of student and teacher. output: one number.

    Formula:
        temperature ** 2 * KL(softmax(target / temperature), softmax(input / temperature))

    Reference:
        Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015.
    """

    kind = "DistillationLoss"
    title = "Distillation"
    synonyms = ("teacher", "student", "knowledge", "soft targets", "kullback-leibler", "compression")
    shown = ("temperature",)
    inputs = (
        Port("input", ranks=(2,), help="The student's scores."),
        Port("target", ranks=(2,), help="The teacher's scores."),
    )
    part = parts.DistillationLoss

    class Params(Params):
        """How much softer the answers are made."""

        temperature: float = Field(2.0, gt=0, description="What scores are divided by before the softmax.")
