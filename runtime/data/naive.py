"""How far a series differs from itself some steps before: what forecasts are measured by."""

from __future__ import annotations

from torch import Tensor

from builder.training.error_metrics import LONGEST_SEASON


def measure_naive_errors(series: Tensor) -> tuple[float, ...]:
    """The mean absolute difference of values that are 1, 2, 3... steps apart, up to the longest season.

    Args:
        series: the training part in the order of time, (rows, columns), scaled.
    """
    values = series.double()
    steps = range(1, min(LONGEST_SEASON, len(values) - 1) + 1)
    return tuple(float((values[step:] - values[:-step]).abs().mean()) for step in steps)
