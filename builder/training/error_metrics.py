"""Metrics of numbers: how far what a network predicts is from the truth."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from builder.document import FieldFacts
from builder.kinds import Construct, Params, Port
from builder.layers.base import Misfit, Specs
from builder.parts import error_metrics as parts
from builder.parts.metrics import Metric as Part
from builder.training.base import Metric
from builder.training.fitting import check_lengths, check_same_shape
from builder.training.metrics import LENGTHS

LONGEST_SEASON = 400
"""As many steps as the error of the naive forecast is measured for when data is prepared."""


class ValueMetric(Metric):
    """A metric of predicted and true numbers."""

    family = "Metrics"
    goal: ClassVar[Literal["min", "max"]] = "min"
    part: ClassVar[type[Part]]
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="The prediction."),
        Port("target", dtype="number", help="The truth."),
        LENGTHS,
    )

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> Construct:
        """Make the object that adds up."""
        check_same_shape(specs)
        check_lengths(specs)
        return Construct(cls.part)


class MeanSquaredError(ValueMetric):
    """The mean of the squared differences between prediction and truth.

    Shapes:
        input and target: the same shape. lengths: (B).

    Formula:
        mean((input - target) ** 2)
    """

    kind = "MeanSquaredError"
    title = "Mean squared error"
    synonyms = ("MSE", "regression")
    part = parts.MeanSquaredError


class RootMeanSquaredError(ValueMetric):
    """The root of the mean squared difference between prediction and truth, in the unit of the target.

    Shapes:
        input and target: the same shape. lengths: (B).

    Formula:
        sqrt(mean((input - target) ** 2))
    """

    kind = "RootMeanSquaredError"
    title = "Root mean squared error"
    synonyms = ("RMSE", "regression", "ratings")
    part = parts.RootMeanSquaredError


class MeanAbsoluteError(ValueMetric):
    """The mean distance between prediction and truth, in the unit of the target.

    Shapes:
        input and target: the same shape. lengths: (B).

    Formula:
        mean(abs(input - target))
    """

    kind = "MeanAbsoluteError"
    title = "Mean absolute error"
    synonyms = ("MAE", "regression")
    part = parts.MeanAbsoluteError


class MeanAbsoluteScaledError(ValueMetric):
    """How far a forecast errs, compared with saying the value of one season ago again: below 1 it is better than that.

    What that naive forecast errs by is measured on the training part alone. With a season of 1 it says the last value.

    Shapes:
        input and target: the same shape, (B, horizon) or (B, horizon, variables). The target is a field of a source with
        windows.

    Formula:
        mean(abs(input - target)) / mean(abs(value - value a season before))

    Reference:
        Hyndman and Koehler, Another look at measures of forecast accuracy, 2006.
    """

    kind = "MeanAbsoluteScaledError"
    title = "Mean absolute scaled error"
    synonyms = ("MASE", "forecast", "series", "seasonal naive")
    shown = ("season",)
    asks_truth = True
    part = parts.MeanAbsoluteScaledError

    class Params(Params):
        """How long a season is."""

        season: int = Field(
            1,
            ge=1,
            le=LONGEST_SEASON,
            description="After how many steps the series is alike: 52 for weeks of a year, 24 for hours of a day.",
            json_schema_extra={"unit": "steps"},
        )

    @classmethod
    def construct_for_truth(cls, params: Any, specs: Specs, truth: FieldFacts) -> Construct:
        """Make the object with what the naive forecast errs by."""
        cls.construct(params, specs)
        errors = truth.naive_errors or ()
        if len(errors) < params.season or not errors[params.season - 1]:
            reason = (
                f"needs a target that is cut into windows, of which the training part is longer than {params.season} steps "
                "and does not repeat itself exactly"
            )
            raise Misfit("target_series", reason, port="target")
        return Construct(cls.part, kwargs={"scale": errors[params.season - 1]})


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
    inputs = ValueMetric.inputs[:2]
    part = parts.R2Score
