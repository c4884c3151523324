"""Every error of numbers against scikit-learn, over batches of unequal sizes with a short last one."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from builder.parts import error_metrics as metrics
from builder.parts.metrics import Metric

BATCHES = (32, 32, 17, 1)
SAMPLES = sum(BATCHES)


def measure(metric: Metric, scores: Tensor, target: Tensor) -> float:
    for batch, truth in zip(scores.split(BATCHES), target.split(BATCHES), strict=True):
        metric.update(batch, truth)
    return float(metric.compute())


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        (metrics.MeanSquaredError, sklearn_metrics.mean_squared_error),
        (metrics.RootMeanSquaredError, lambda truth, said: sklearn_metrics.mean_squared_error(truth, said) ** 0.5),
        (metrics.MeanAbsoluteError, sklearn_metrics.mean_absolute_error),
        (metrics.R2Score, sklearn_metrics.r2_score),
    ],
)
def test_errors_of_numbers_are_scikit_learns(
    metric: Callable[[], Metric], reference: Callable[..., float], columns: int
) -> None:
    truth = torch.randn(SAMPLES, columns) * 5 + 100
    predicted = truth + torch.randn(SAMPLES, columns)
    assert measure(metric(), predicted, truth) == pytest.approx(reference(truth.numpy(), predicted.numpy()), rel=1e-5)


def test_a_flat_target_is_compared_with_its_own_prediction_only() -> None:
    metric = metrics.MeanSquaredError()
    metric.update(torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 2.0]))
    assert metric.compute() == 0.0


def test_r2_of_fewer_than_two_samples_is_not_a_number() -> None:
    metric = metrics.R2Score()
    metric.update(torch.ones(1, 1), torch.ones(1, 1))
    assert math.isnan(metric.compute())


def test_the_scaled_error_is_that_of_its_definition() -> None:
    series = np.random.RandomState(0).randn(120).cumsum() + np.tile(np.arange(12.0), 10)
    train, future = series[:96], series[96:]
    scale = np.abs(train[12:] - train[:-12]).mean()
    metric = metrics.MeanAbsoluteScaledError(scale=float(scale))
    predicted = future + 0.3
    metric.update(torch.tensor(predicted), torch.tensor(future))
    assert metric.compute() == pytest.approx(np.abs(predicted - future).mean() / scale)


@pytest.mark.parametrize("metric", [metrics.MeanSquaredError, metrics.RootMeanSquaredError, metrics.MeanAbsoluteError])
def test_what_lies_behind_the_end_of_a_row_is_no_error(metric: Callable[[], Metric]) -> None:
    predicted, truth = torch.randn(4, 6, 2), torch.randn(4, 6, 2)
    lengths = torch.tensor([6, 1, 3, 2])
    padded, plain = metric(), metric()
    padded.update(
        predicted.masked_fill(torch.arange(6)[None, :, None] >= lengths[:, None, None], math.inf), truth, lengths
    )
    kept = [row for row, length in enumerate(lengths.tolist()) for _ in range(length)]
    places = [place for length in lengths.tolist() for place in range(length)]
    plain.update(predicted[kept, places], truth[kept, places])
    assert padded.compute() == pytest.approx(plain.compute())
