"""Losses: how far what a network says is from the truth, as one number to make small."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field
from torch import nn

from builder.kinds import Construct, Params, Port
from builder.layers.base import Misfit, Specs
from builder.layers.parameters import Whole
from builder.parts import losses as parts
from builder.tensors import TensorSpec
from builder.training.base import Loss
from builder.training.fitting import check_classes, check_lengths, check_same_shape

Weights = tuple[float, ...]
LENGTHS = Port(
    "lengths", ranks=(1,), dtype="integer", optional=True, help="How long each row is; behind its end nothing counts."
)
WEIGHT = (
    "One weight a class: rare classes count more with a larger one. $class_weights lets all classes of the data's target "
    "count the same, by how often each occurs in the training part."
)
IGNORED = "A class that does not count, such as 0 where that stands for padding, or 255 for pixels of no class."


class ClassLoss(Loss):
    """A loss of scores for classes, one answer a sample or one at every step of a sequence."""

    plain: ClassVar[type]
    weighted: ClassVar[type]
    at_each_step: ClassVar[type]
    inputs = (
        Port("input", help="Scores of the classes."),
        Port("target", dtype="number", help="The true class."),
        LENGTHS,
    )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss; parts with weights take them as plain numbers."""
        kwargs = params.model_dump()
        axis, has_lengths = check_classes(specs), check_lengths(specs)
        check_weights(params.weight, specs[0], axis)
        if axis == -1 or has_lengths:
            return Construct(cls.at_each_step, kwargs={**kwargs, "dim": axis})
        if params.weight is not None:
            return Construct(cls.weighted, kwargs=kwargs)
        del kwargs["weight"]
        return Construct(cls.plain, kwargs=kwargs)


class CrossEntropyLoss(ClassLoss):
    """How surprised the network is by the true class, from its scores for all classes.

    Softmax is part of this loss: the network gives plain scores (logits), without a Softmax of its own.

    Shapes:
        input: (B, classes) or (B, classes, ...), plain scores; of sequences also (B, T, classes), as a Linear gives them.
        target: (B) or (B, ...), the number of the true class. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over the batch, of sequences over the steps that count.

    Formula:
        -log(softmax(input)[target])
    """

    kind = "CrossEntropyLoss"
    family = "Losses"
    synonyms = ("classification", "softmax", "log loss", "categorical", "language model", "perplexity")
    plain, weighted = nn.CrossEntropyLoss, parts.WeightedCrossEntropyLoss
    at_each_step = parts.SequenceCrossEntropyLoss

    class Params(Params):
        """Weights of classes, smoothing of the truth, and what does not count."""

        label_smoothing: float = Field(
            0.0,
            ge=0,
            le=1,
            description="How much of the truth is spread over all classes; 0.1 keeps a network from overconfidence.",
        )
        weight: Weights | None = Field(None, description=WEIGHT)
        ignore_index: Whole = Field(-100, description=IGNORED)


class NLLLoss(ClassLoss):
    """How surprised the network is by the true class, from logarithms of probabilities (after a LogSoftmax).

    Shapes:
        input: (B, classes) or (B, classes, ...), log-probabilities; of sequences also (B, T, classes).
        target: (B) or (B, ...), the true class. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over the batch, of sequences over the steps that count.

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
        LENGTHS,
    )
    plain, weighted, at_each_step = nn.NLLLoss, parts.WeightedNLLLoss, parts.SequenceNLLLoss

    class Params(Params):
        """Weights of classes, and what does not count."""

        weight: Weights | None = Field(None, description=WEIGHT)
        ignore_index: Whole = Field(-100, description=IGNORED)


def check_weights(weights: Weights | None, scores: TensorSpec | None, axis: int) -> None:
    """Check that there is one weight a class. Raises Misfit ``class_weights`` where there is not."""
    classes = scores.shape[axis] if scores is not None and scores.rank > 1 else None
    if weights is None or not isinstance(classes, int) or len(weights) == classes:
        return
    reason = f"weight holds {len(weights)} numbers, and there are {classes} classes"
    raise Misfit("class_weights", reason, param="weight", wants=classes, got=len(weights))


class ElementwiseLoss(Loss):
    """A loss that compares numbers one by one.

    A part matches targets that differ by an axis of size 1 or by dtype, and averages over the steps that are there.
    """

    plain: ClassVar[type]
    matched: ClassVar[type]
    inputs = (Port("input"), Port("target", dtype="number"), LENGTHS)

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss."""
        return cls.make(params.model_dump(), specs)

    @classmethod
    def make(cls, kwargs: dict[str, Any], specs: Specs) -> Construct:
        """The loss with these arguments for such tensors."""
        needs_matching = check_same_shape(specs)
        if check_lengths(specs):
            return Construct(cls.matched, kwargs={**kwargs, "reduction": "none"})
        return Construct(cls.matched if needs_matching or "pos_weight" in kwargs else cls.plain, kwargs=kwargs)


class MSELoss(ElementwiseLoss):
    """The mean of the squared differences: large errors count far more than small ones.

    Shapes:
        input and target: the same shape. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over everything that counts.

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
        input and target: the same shape. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over everything that counts.

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
        input and target: the same shape. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over everything that counts.

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
        input and target: the same shape. lengths: (B), how many steps of each sequence count.
        output: one number, the mean over everything that counts.

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
        lengths: (B), how many steps of each sequence count. output: one number, the mean over everything that counts.

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
        lengths: (B), how many steps of each sequence count. output: one number, the mean over everything that counts.

    Formula:
        -mean(target * log(sigmoid(input)) + (1 - target) * log(1 - sigmoid(input)))
    """

    kind = "BCEWithLogitsLoss"
    family = "Losses"
    synonyms = ("binary cross-entropy", "sigmoid", "yes or no", "adversarial")
    inputs = (
        Port("input", help="Scores."),
        Port("target", dtype="number", optional=True, help="0 or 1 for each score."),
        LENGTHS,
    )
    plain, matched = nn.BCEWithLogitsLoss, parts.MatchedBCEWithLogitsLoss

    class Params(Params):
        """A constant truth, and how much a yes weighs."""

        target: float | None = Field(None, ge=0, le=1, description="One truth for all, in place of the port.")
        pos_weight: float | None = Field(
            None,
            gt=0,
            description="How much more an error on class 1 counts than one on class 0; $positive_weight lets both count "
            "the same, by how often each occurs in the training part.",
        )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the loss: for a constant target it is called with the input alone."""
        if params.target is not None:
            reduction = {"reduction": "none"} if check_lengths(specs) else {}
            return Construct(parts.ConstantBCEWithLogitsLoss, kwargs={"target": params.target, **reduction})
        return cls.make({} if params.pos_weight is None else {"pos_weight": params.pos_weight}, specs)
