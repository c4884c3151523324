"""Metrics: how good a network is over a whole part of the data, in numbers that people compare."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder.kinds import Construct, Params, Port
from builder.layers.base import Specs
from builder.parts import metrics as parts
from builder.training.base import Metric
from builder.training.fitting import check_same_shape, check_scores

THRESHOLD_HELP = "The probability above which a single score means class 1."
SCORES_HELP = "What the network's scores are: logits before a Sigmoid or Softmax, or probabilities after one."


class ScoreParams(Params):
    """How scores become classes."""

    threshold: float = Field(0.5, ge=0, le=1, description=THRESHOLD_HELP)
    scores: Literal["logits", "probabilities"] = Field("logits", description=SCORES_HELP)


class AverageParams(ScoreParams):
    """How the scores of the classes become one."""

    average: Literal["macro", "micro", "weighted", "binary"] = Field(
        "macro",
        description="macro: classes count alike; weighted: by their samples; micro: samples alike; binary: class 1.",
    )


class ClassMetric(Metric):
    """A metric of scores and true classes."""

    family = "Metrics"
    part: ClassVar[type[parts.Metric]]
    inputs = (Port("input", help="The network's scores."), Port("target", dtype="number", help="The true class."))
    Params = ScoreParams  # type: ignore[assignment]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that counts."""
        check_scores(specs)
        return Construct(cls.part, kwargs=params.model_dump())


class Accuracy(ClassMetric):
    """The part of all samples whose class the network finds.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Formula:
        right / all
    """

    kind = "Accuracy"
    synonyms = ("right", "correct", "classification")
    part = parts.Accuracy


class TopKAccuracy(ClassMetric):
    """The part of all samples whose class is among the k that the network finds most likely.

    Shapes:
        input: (B, classes) scores. target: (B), the number of the true class.

    Formula:
        samples with their class among the k largest scores / all
    """

    kind = "TopKAccuracy"
    synonyms = ("top 5", "right", "classification")
    shown = ("k",)
    part = parts.TopKAccuracy

    class Params(Params):
        """How many guesses."""

        k: int = Field(5, ge=1, description="How many guesses count.")


class Precision(ClassMetric):
    """Of the samples that the network takes for a class, the part that really are of it.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Formula:
        true positives / (true positives + false positives)
    """

    kind = "Precision"
    synonyms = ("positive predictive value",)
    shown = ("average",)
    part = parts.Precision
    Params = AverageParams


class Recall(ClassMetric):
    """Of the samples of a class, the part that the network finds.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Formula:
        true positives / (true positives + false negatives)
    """

    kind = "Recall"
    synonyms = ("sensitivity", "hit rate")
    shown = ("average",)
    part = parts.Recall
    Params = AverageParams


class F1(ClassMetric):
    """The balance of precision and recall: high only where both are.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Formula:
        2 * precision * recall / (precision + recall)
    """

    kind = "F1"
    title = "F1 score"
    synonyms = ("f score", "dice", "harmonic mean")
    shown = ("average",)
    part = parts.F1
    Params = AverageParams


class AUROC(ClassMetric):
    """How well scores rank: the chance that a sample of a class scores above one that is not of it. 0.5 is guessing.

    For several classes it is the mean over them, each against all others.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Reference:
        Fawcett, An introduction to ROC analysis, 2006.
    """

    kind = "AUROC"
    synonyms = ("ROC", "AUC", "area under the curve", "imbalanced")
    part = parts.AUROC

    class Params(Params):
        """What the scores are."""

        scores: Literal["logits", "probabilities"] = Field("logits", description=SCORES_HELP)


class ConfusionMatrix(ClassMetric):
    """How often each true class (row) is taken for each class (column).

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.
        The result is a table of classes × classes.
    """

    kind = "ConfusionMatrix"
    title = "Confusion matrix"
    synonyms = ("errors", "table", "classification")
    is_number = False
    part = parts.ConfusionMatrix


class ValueMetric(Metric):
    """A metric of predicted and true numbers."""

    family = "Metrics"
    goal: ClassVar[Literal["min", "max"]] = "min"
    part: ClassVar[type[parts.Metric]]
    inputs = (Port("input", help="The prediction."), Port("target", dtype="number", help="The truth."))

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that adds up."""
        check_same_shape(specs)
        return Construct(cls.part)


class MeanSquaredError(ValueMetric):
    """The mean of the squared differences between prediction and truth.

    Shapes:
        input and target: the same shape.

    Formula:
        mean((input - target) ** 2)
    """

    kind = "MeanSquaredError"
    title = "Mean squared error"
    synonyms = ("MSE", "regression")
    part = parts.MeanSquaredError


class MeanAbsoluteError(ValueMetric):
    """The mean distance between prediction and truth, in the unit of the target.

    Shapes:
        input and target: the same shape.

    Formula:
        mean(abs(input - target))
    """

    kind = "MeanAbsoluteError"
    title = "Mean absolute error"
    synonyms = ("MAE", "regression")
    part = parts.MeanAbsoluteError


class R2Score(ValueMetric):
    """The part of the target's variance that is explained: 1 is perfect, 0 is no better than always saying the mean.

    Shapes:
        input and target: the same shape.

    Formula:
        1 - sum((target - input) ** 2) / sum((target - mean(target)) ** 2)
    """

    kind = "R2Score"
    title = "R² score"
    goal = "max"
    synonyms = ("R2", "r squared", "coefficient of determination", "regression")
    part = parts.R2Score
