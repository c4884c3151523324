"""Every metric against scikit-learn, over batches of unequal sizes with a short last one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import metrics as sklearn_metrics
from torch import Tensor

from builder.parts import metrics

BATCHES = (32, 32, 17, 1)
SAMPLES = sum(BATCHES)


def measure(metric: metrics.Metric, scores: Tensor, target: Tensor) -> Any:
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


def test_accuracy_of_several_classes_is_scikit_learns(many: tuple[Tensor, Tensor]) -> None:
    scores, target = many
    expected = sklearn_metrics.accuracy_score(target, scores.argmax(1))
    assert measure(metrics.Accuracy(), scores, target) == pytest.approx(expected)


def test_accuracy_weights_a_short_last_batch_by_its_samples() -> None:
    metric = metrics.Accuracy()
    metric.update(torch.tensor([[1.0, 0.0]] * 9), torch.zeros(9, dtype=torch.int64))
    metric.update(torch.tensor([[1.0, 0.0]]), torch.ones(1, dtype=torch.int64))
    assert metric.compute() == pytest.approx(0.9)


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
def test_accuracy_of_yes_or_no_cuts_logits_and_probabilities_alike(
    two: tuple[Tensor, Tensor], threshold: float
) -> None:
    scores, target = two
    expected = sklearn_metrics.accuracy_score(target, scores[:, 0].sigmoid() > threshold)
    assert measure(metrics.Accuracy(threshold), scores, target) == pytest.approx(expected)
    probabilities = metrics.Accuracy(threshold, scores="probabilities")
    assert measure(probabilities, scores.sigmoid(), target) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_a_target_of_any_shape_meets_a_single_score(two: tuple[Tensor, Tensor], shape: tuple[int, ...]) -> None:
    scores, target = two
    straight = measure(metrics.Accuracy(), scores, target)
    assert measure(metrics.Accuracy(), scores.reshape(shape), target.float().reshape(-1, 1)) == straight


def test_accuracy_counts_every_place_of_a_sequence() -> None:
    scores, target = torch.randn(SAMPLES, 3, 7), torch.randint(0, 3, (SAMPLES, 7))
    expected = (scores.argmax(1) == target).double().mean().item()
    assert measure(metrics.Accuracy(), scores, target) == pytest.approx(expected)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_top_k_accuracy_is_scikit_learns(many: tuple[Tensor, Tensor], k: int) -> None:
    scores, target = many
    expected = sklearn_metrics.top_k_accuracy_score(target, scores, k=k, labels=range(5))
    assert measure(metrics.TopKAccuracy(k), scores, target) == pytest.approx(expected)


def test_top_k_accuracy_of_more_guesses_than_classes_is_one(many: tuple[Tensor, Tensor]) -> None:
    assert measure(metrics.TopKAccuracy(9), *many) == 1.0


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        (metrics.Precision, sklearn_metrics.precision_score),
        (metrics.Recall, sklearn_metrics.recall_score),
        (metrics.F1, sklearn_metrics.f1_score),
    ],
)
def test_scores_of_classes_are_scikit_learns(
    many: tuple[Tensor, Tensor], metric: Callable[..., metrics.Metric], reference: Callable[..., float], average: str
) -> None:
    scores, target = many
    expected = reference(target, scores.argmax(1), average=average, zero_division=0)
    assert measure(metric(average), scores, target) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        (metrics.Precision, sklearn_metrics.precision_score),
        (metrics.Recall, sklearn_metrics.recall_score),
        (metrics.F1, sklearn_metrics.f1_score),
    ],
)
def test_scores_of_yes_or_no_are_scikit_learns(
    two: tuple[Tensor, Tensor], metric: Callable[..., metrics.Metric], reference: Callable[..., float]
) -> None:
    scores, target = two
    expected = reference(target, scores[:, 0] > 0)
    assert measure(metric("binary"), scores, target) == pytest.approx(expected)


def test_a_class_that_never_occurs_does_not_pull_the_macro_average_down() -> None:
    scores, target = torch.eye(4)[[0, 1, 1, 0]], torch.tensor([0, 1, 0, 0])
    metric = metrics.F1("macro")
    metric.update(scores, target)
    assert metric.compute() == pytest.approx(sklearn_metrics.f1_score(target, scores.argmax(1), average="macro"))


def test_the_confusion_matrix_is_scikit_learns(many: tuple[Tensor, Tensor]) -> None:
    scores, target = many
    expected = sklearn_metrics.confusion_matrix(target, scores.argmax(1)).tolist()
    assert measure(metrics.ConfusionMatrix(), scores, target) == expected


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


@pytest.mark.parametrize("columns", [1, 3])
@pytest.mark.parametrize(
    ("metric", "reference"),
    [
        (metrics.MeanSquaredError, sklearn_metrics.mean_squared_error),
        (metrics.MeanAbsoluteError, sklearn_metrics.mean_absolute_error),
        (metrics.R2Score, sklearn_metrics.r2_score),
    ],
)
def test_errors_of_numbers_are_scikit_learns(
    metric: Callable[[], metrics.Metric], reference: Callable[..., float], columns: int
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


def list_metrics() -> Iterator[tuple[metrics.Metric, Tensor, Tensor]]:
    random = np.random.RandomState(0)
    scores, target = torch.tensor(random.randn(SAMPLES, 3)), torch.tensor(random.randint(0, 3, SAMPLES))
    classes = (metrics.Accuracy, metrics.TopKAccuracy, metrics.Precision, metrics.Recall, metrics.F1, metrics.AUROC)
    for kind in (*classes, metrics.ConfusionMatrix):
        yield kind(), scores, target
    for kind in (metrics.MeanSquaredError, metrics.MeanAbsoluteError, metrics.R2Score):
        yield kind(), scores, scores + 1


@pytest.mark.parametrize(("metric", "scores", "target"), [*list_metrics()], ids=lambda item: type(item).__name__)
def test_a_metric_resumes_from_its_state_and_forgets_on_reset(
    metric: metrics.Metric, scores: Tensor, target: Tensor
) -> None:
    expected = measure(metric, scores, target)
    metric.reset()
    metric.update(scores[:20], target[:20])
    state = {name: tensor.clone() for name, tensor in metric.state_dict().items()}
    metric.reset()
    metric.load_state_dict(state)
    metric.update(scores[20:], target[20:])
    assert metric.compute() == pytest.approx(expected) if isinstance(expected, float) else metric.compute() == expected


@pytest.mark.parametrize(("metric", "scores", "target"), [*list_metrics()], ids=lambda item: type(item).__name__)
def test_a_metric_without_samples_has_no_result(metric: metrics.Metric, scores: Tensor, target: Tensor) -> None:
    result = metric.compute()
    assert result == [] or math.isnan(result)
