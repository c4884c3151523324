"""Metrics of classes: how good a network is over a whole part of the data, in numbers that people compare."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder.kinds import Construct, Params, Port
from builder.layers.base import Specs
from builder.parts import curve_metrics as curves
from builder.parts import metrics as parts
from builder.training.base import Metric
from builder.training.fitting import check_lengths, check_scores

THRESHOLD_HELP = "The probability above which a single score means class 1."
SCORES_HELP = "What the network's scores are: logits before a Sigmoid or Softmax, or probabilities after one."
LENGTHS = Port(
    "lengths", ranks=(1,), dtype="integer", optional=True, help="How long each row is; behind its end nothing counts."
)


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
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="The network's scores."),
        Port("target", dtype="number", help="The true class."),
        LENGTHS,
    )
    Params = ScoreParams  # type: ignore[assignment]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that counts."""
        check_lengths(specs)
        return Construct(cls.part, kwargs={**params.model_dump(), "axis": check_scores(specs)})


class Accuracy(ClassMetric):
    """The part of all samples whose class the network finds.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).

    Formula:
        right / all
    """

    kind = "Accuracy"
    synonyms = ("right", "correct", "classification")
    part = parts.Accuracy


class TopKAccuracy(ClassMetric):
    """The part of all samples whose class is among the k that the network finds most likely.

    Shapes:
        input: (B, classes) scores; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).

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
        input: (B, classes) scores, or (B) or (B, 1) for yes or no; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).

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
        input: (B, classes) scores, or (B) or (B, 1) for yes or no; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).

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
        input: (B, classes) scores, or (B) or (B, 1) for yes or no; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).

    Formula:
        2 * precision * recall / (precision + recall)
    """

    kind = "F1"
    title = "F1 score"
    synonyms = ("f score", "dice", "harmonic mean")
    shown = ("average",)
    part = parts.F1
    Params = AverageParams


class CurveMetric(ClassMetric):
    """A metric of all thresholds at once."""

    inputs = ClassMetric.inputs[:2]

    class Params(Params):
        """What the scores are."""

        scores: Literal["logits", "probabilities"] = Field("logits", description=SCORES_HELP)


class AUROC(CurveMetric):
    """How well scores rank: the chance that a sample of a class scores above one that is not of it. 0.5 is guessing.

    For several classes it is the mean over them, each against all others.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Reference:
        Fawcett, An introduction to ROC analysis, 2006.
    """

    kind = "AUROC"
    synonyms = ("ROC", "AUC", "area under the curve", "imbalanced")
    part = curves.AUROC


class AveragePrecision(CurveMetric):
    """How pure the samples with the largest scores are: the area under precision and recall, for rare classes.

    Guessing gives the part of the samples that are of the class, and not 0.5. For several classes it is the mean over
    them, each against all others.

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no. target: (B), the number of the true class.

    Formula:
        the mean of the precision at every sample of the class that is found, from the largest score down

    Reference:
        Davis and Goadrich, The relationship between Precision-Recall and ROC curves, 2006.
    """

    kind = "AveragePrecision"
    title = "Average precision"
    synonyms = ("PR", "precision-recall curve", "AUPRC", "imbalanced", "rare")
    part = curves.AveragePrecision


class ConfusionMatrix(ClassMetric):
    """How often each true class (row) is taken for each class (column).

    Shapes:
        input: (B, classes) scores, or (B) or (B, 1) for yes or no; of sequences (B, T, classes) or (B, classes, T).
        target: (B) or (B, T), the number of the true class. lengths: (B).
        The result is a table of classes × classes.
    """

    kind = "ConfusionMatrix"
    title = "Confusion matrix"
    synonyms = ("errors", "table", "classification")
    is_number = False
    part = parts.ConfusionMatrix
