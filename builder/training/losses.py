"""Losses: how far what a network says is from the truth, as one number to make small."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Specs
from builder.parts import losses as parts
from builder.training.base import Loss
from builder.training.fitting import check_classes, check_same_shape

Weights = tuple[float, ...]


class CrossEntropyLoss(Loss):
    """How surprised the network is by the true class, from its scores for all classes.

    Softmax is part of this loss: the network gives plain scores (logits), without a Softmax of its own.

    Shapes:
        input: (B, classes) or (B, classes, ...), plain scores. target: (B) or (B, ...), the number of the true class.
        output: one number, the mean over the batch.

    Formula:
        -log(softmax(input)[target])
    """

    kind = "CrossEntropyLoss"
    family = "Losses"
    synonyms = ("classification", "softmax", "log loss", "categorical")
    inputs = (Port("input", help="Scores of the classes."), Port("target", dtype="number", help="The true class."))

    class Params(Params):
        """Weights of classes and smoothing of the truth."""

        label_smoothing: float = Field(
            0.0,
            ge=0,
            le=1,
            description="How much of the truth is spread over all classes; 0.1 keeps a network from overconfidence.",
        )
        weight: Weights | None = Field(
            None, description="One weight a class: rare classes count more with a larger one."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss; the part with weights takes them as plain numbers."""
        check_classes(specs)
        if params.weight is None:
            return Construct(nn.CrossEntropyLoss, kwargs={"label_smoothing": params.label_smoothing})
        kwargs = {"weight": params.weight, "label_smoothing": params.label_smoothing}
        return Construct(parts.WeightedCrossEntropyLoss, kwargs=kwargs)


class NLLLoss(Loss):
    """How surprised the network is by the true class, from logarithms of probabilities (after a LogSoftmax).

    Shapes:
        input: (B, classes) or (B, classes, ...), log-probabilities. target: (B) or (B, ...), the true class.
        output: one number, the mean over the batch.

    Formula:
        -input[target]
    """

    kind = "NLLLoss"
    family = "Losses"
    title = "NLLLoss"
    synonyms = ("negative log likelihood", "classification")
    inputs = (
        Port("input", help="Logarithms of the probabilities of the classes."),
        Port("target", dtype="integer", help="The true class."),
    )

    class Params(Params):
        """Weights of classes."""

        weight: Weights | None = Field(
            None, description="One weight a class: rare classes count more with a larger one."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss."""
        check_classes(specs)
        if params.weight is None:
            return Construct(nn.NLLLoss)
        return Construct(parts.WeightedNLLLoss, kwargs={"weight": params.weight})


class ElementwiseLoss(Loss):
    """A loss that compares numbers one by one; a part matches targets that differ by an axis of size 1 or by dtype."""

    plain: ClassVar[type]
    matched: ClassVar[type]
    inputs = (Port("input"), Port("target", dtype="number"))

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss."""
        needs_matching = check_same_shape(specs)
        return Construct(cls.matched if needs_matching else cls.plain, kwargs=params.model_dump())


class MSELoss(ElementwiseLoss):
    """The mean of the squared differences: large errors count far more than small ones.

    Shapes:
        input and target: the same shape. output: one number, the mean over everything.

    Formula:
        mean((input - target) ** 2)
    """

    kind = "MSELoss"
    family = "Losses"
    synonyms = ("mean squared error", "regression", "L2", "least squares")
    plain, matched = nn.MSELoss, parts.MatchedMSELoss


class L1Loss(ElementwiseLoss):
    """The mean of the absolute differences: outliers count no more than their distance.

    Shapes:
        input and target: the same shape. output: one number, the mean over everything.

    Formula:
        mean(abs(input - target))
    """

    kind = "L1Loss"
    family = "Losses"
    synonyms = ("mean absolute error", "MAE", "regression")
    plain, matched = nn.L1Loss, parts.MatchedL1Loss


class SmoothL1Loss(ElementwiseLoss):
    """Squared for small differences and absolute for large ones, divided by the place where they meet.

    Shapes:
        input and target: the same shape. output: one number, the mean over everything.

    Formula:
        mean(d ** 2 / (2 beta) if d < beta else d - beta / 2), where d = abs(input - target)

    Reference:
        Girshick, Fast R-CNN, 2015.
    """

    kind = "SmoothL1Loss"
    family = "Losses"
    synonyms = ("regression", "boxes", "robust")
    plain, matched = nn.SmoothL1Loss, parts.MatchedSmoothL1Loss

    class Params(Params):
        """Where the two halves meet."""

        beta: float = Field(1.0, gt=0, description="The difference from which on it counts absolutely.")


class HuberLoss(ElementwiseLoss):
    """Squared for small differences and absolute for large ones, so that outliers do not take over.

    Shapes:
        input and target: the same shape. output: one number, the mean over everything.

    Formula:
        mean(d ** 2 / 2 if d < delta else delta * (d - delta / 2)), where d = abs(input - target)

    Reference:
        Huber, Robust estimation of a location parameter, 1964.
    """

    kind = "HuberLoss"
    family = "Losses"
    synonyms = ("regression", "robust", "outliers")
    plain, matched = nn.HuberLoss, parts.MatchedHuberLoss

    class Params(Params):
        """Where the two halves meet."""

        delta: float = Field(1.0, gt=0, description="The difference from which on it counts absolutely.")


class BCELoss(ElementwiseLoss):
    """How surprised the network is by a yes or no, from its probability of yes (after a Sigmoid).

    Shapes:
        input: any shape, probabilities between 0 and 1. target: as many 0 and 1, also (B) for (B, 1).
        output: one number, the mean over everything.

    Formula:
        -mean(target * log(input) + (1 - target) * log(1 - input))
    """

    kind = "BCELoss"
    family = "Losses"
    synonyms = ("binary cross-entropy", "sigmoid", "yes or no")
    plain, matched = nn.BCELoss, parts.MatchedBCELoss


class BCEWithLogitsLoss(ElementwiseLoss):
    """How surprised the network is by a yes or no, from a plain score; the sigmoid is part of this loss.

    With a constant `target` the port of that name stays empty: 1 says "all of these are real", 0 "all are made".

    Shapes:
        input: any shape, plain scores. target: as many 0 and 1, also (B) for (B, 1).
        output: one number, the mean over everything.

    Formula:
        -mean(target * log(sigmoid(input)) + (1 - target) * log(1 - sigmoid(input)))
    """

    kind = "BCEWithLogitsLoss"
    family = "Losses"
    synonyms = ("binary cross-entropy", "sigmoid", "yes or no", "adversarial")
    inputs = (
        Port("input", help="Scores."),
        Port("target", dtype="number", optional=True, help="0 or 1 for each score."),
    )
    plain, matched = nn.BCEWithLogitsLoss, parts.MatchedBCEWithLogitsLoss

    class Params(Params):
        """A constant truth, and how much a yes weighs."""

        target: float | None = Field(None, ge=0, le=1, description="One truth for all, in place of the port.")
        pos_weight: float | None = Field(
            None, gt=0, description="How much more an error on class 1 counts than one on class 0."
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss: for a constant target it is called with the input alone."""
        if params.target is not None:
            return Construct(parts.ConstantBCEWithLogitsLoss, kwargs={"target": params.target})
        needs_matching = check_same_shape(specs)
        if params.pos_weight is None:
            return Construct(cls.matched if needs_matching else cls.plain)
        return Construct(cls.matched, kwargs={"pos_weight": params.pos_weight})
