"""The areas under curves against scikit-learn, over batches of unequal sizes with a short last one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from builder.parts import curve_metrics as metrics

BATCHES = (32, 32, 17, 1)
SAMPLES = sum(BATCHES)


def measure(metric: metrics.CurveMetric, scores: Tensor, target: Tensor) -> float:
    for batch, truth in zip(scores.split(BATCHES), target.split(BATCHES), strict=True):
        metric.update(batch, truth)
    return metric.compute()


@pytest.fixture
def many() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    target = torch.randint(0, 5, (SAMPLES,), generator=generator)
    scores = torch.randn(SAMPLES, 5, generator=generator) + 1.2 * torch.eye(5)[target]
    return scores, target


@pytest.fixture
def two() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(4)
    target = torch.randint(0, 2, (SAMPLES,), generator=generator)
    scores = (torch.randn(SAMPLES, 1, generator=generator) + target[:, None] - 0.3).mul(4).round().div(4)
    return scores, target


def test_area_under_the_curve_is_scikit_learns_with_ties(two: tuple[Tensor, Tensor]) -> None:
    scores, target = two
    assert len(scores.unique()) < len(scores)
    expected = sklearn_metrics.roc_auc_score(target, scores[:, 0])
    assert measure(metrics.AUROC(), scores, target) == pytest.approx(expected)


def test_area_under_the_curve_of_several_classes_is_scikit_learns_one_against_all(many: tuple[Tensor, Tensor]) -> None:
    scores, target = many
    probabilities = scores.double().softmax(1)
    expected = sklearn_metrics.roc_auc_score(target, probabilities, multi_class="ovr", average="macro")
    assert measure(metrics.AUROC(), scores, target) == pytest.approx(expected)
    assert measure(metrics.AUROC("probabilities"), probabilities, target) == pytest.approx(expected)


def test_two_columns_of_scores_have_one_curve(two: tuple[Tensor, Tensor]) -> None:
    scores, target = two
    columns = torch.cat([torch.zeros_like(scores), scores], dim=1)
    expected = sklearn_metrics.roc_auc_score(target, scores[:, 0])
    assert measure(metrics.AUROC(), columns, target) == pytest.approx(expected)


def test_area_under_the_curve_leaves_out_a_class_without_samples() -> None:
    metric = metrics.AUROC()
    metric.update(torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 0.0], [1.0, 2.0, 0.0]]), torch.tensor([0, 1, 1]))
    assert metric.compute() == 1.0


@pytest.mark.parametrize(("classes", "rows"), [(1, 16_384), (10, 1_638), (100, 250)])
def test_an_area_that_runs_along_is_that_of_the_last_samples_whenever_it_was_read(classes: int, rows: int) -> None:
    generator = torch.Generator().manual_seed(2)
    scores = torch.rand(40_000, classes, generator=generator)
    target = torch.randint(0, max(2, classes), (40_000,), generator=generator)
    often, once, last = (metrics.AUROC("probabilities") for _ in range(3))
    often.run_along()
    once.run_along()
    for start in range(0, 40_000, 999):
        often.update(scores[start : start + 999], target[start : start + 999])
        once.update(scores[start : start + 999], target[start : start + 999])
        if start % 5 == 0:
            often.compute()
    last.update(scores[-rows:], target[-rows:])
    assert often.compute() == once.compute() == last.compute()
    assert all(len(tensor) == rows for tensor in often.state_dict().values())


def test_an_area_that_does_not_run_along_is_exact_however_many_samples_there_are() -> None:
    generator = torch.Generator().manual_seed(2)
    scores, target = torch.rand(120_000, 1, generator=generator), torch.randint(0, 2, (120_000,), generator=generator)
    metric = metrics.AUROC("probabilities")
    for start in range(0, 120_000, 500):
        metric.update(scores[start : start + 500], target[start : start + 500])
    assert metric.compute() == pytest.approx(sklearn_metrics.roc_auc_score(target, scores[:, 0]), rel=1e-12)


def test_average_precision_is_scikit_learns_with_ties(two: tuple[Tensor, Tensor]) -> None:
    scores, target = two
    assert len(scores.unique()) < len(scores)
    expected = sklearn_metrics.average_precision_score(target, scores[:, 0])
    assert measure(metrics.AveragePrecision(), scores, target) == pytest.approx(expected)


def test_average_precision_of_a_rare_class_is_scikit_learns(two: tuple[Tensor, Tensor]) -> None:
    scores, _ = two
    target = torch.zeros(SAMPLES, dtype=torch.int64)
    target[[3, 50]] = 1
    expected = sklearn_metrics.average_precision_score(target, scores[:, 0])
    assert measure(metrics.AveragePrecision(), scores, target) == pytest.approx(expected)


def test_average_precision_of_several_classes_is_scikit_learns_one_against_all(many: tuple[Tensor, Tensor]) -> None:
    scores, target = many
    probabilities = scores.double().softmax(1)
    expected = sklearn_metrics.average_precision_score(target, probabilities, average="macro")
    assert measure(metrics.AveragePrecision(), scores, target) == pytest.approx(expected)


@pytest.mark.parametrize("metric", [metrics.AUROC, metrics.AveragePrecision])
def test_scores_of_classes_that_come_last_are_the_same_scores(metric: Callable[..., metrics.CurveMetric]) -> None:
    generator = torch.Generator().manual_seed(1)
    scores, target = torch.randn(8, 3, 5, generator=generator), torch.randint(0, 3, (8, 5), generator=generator)
    first, last = metric(), metric(axis=-1)
    first.update(scores, target)
    last.update(scores.movedim(1, -1), target)
    assert first.compute() == last.compute()
