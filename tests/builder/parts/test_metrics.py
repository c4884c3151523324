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
from builder.parts.curve_metrics import AUROC, AveragePrecision
from builder.parts.entity_metrics import EntityF1
from builder.parts.error_metrics import (
    MeanAbsoluteError,
    MeanAbsoluteScaledError,
    MeanSquaredError,
    R2Score,
    RootMeanSquaredError,
)
from builder.parts.text_metrics import BLEU, Perplexity

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


@pytest.mark.parametrize("axis", [1, -1])
def test_what_lies_behind_the_end_of_a_row_counts_nowhere(axis: int) -> None:
    generator = torch.Generator().manual_seed(5)
    scores, target = torch.randn(6, 4, 9, generator=generator), torch.randint(0, 4, (6, 9), generator=generator)
    lengths = torch.tensor([9, 1, 4, 7, 2, 5])
    rows = [(scores[row, :, :length].T, target[row, :length]) for row, length in enumerate(lengths.tolist())]
    flat, truth = torch.cat([row[0] for row in rows]), torch.cat([row[1] for row in rows])
    made: tuple[Callable[[int], metrics.Metric], ...] = (
        lambda axis: metrics.Accuracy(axis=axis),
        lambda axis: metrics.TopKAccuracy(2, axis=axis),
        lambda axis: metrics.F1(axis=axis),
        lambda axis: metrics.ConfusionMatrix(axis=axis),
    )
    for make in made:
        padded, plain = make(axis), make(1)
        padded.update(scores.movedim(1, axis), target, lengths)
        plain.update(flat, truth)
        assert padded.compute() == plain.compute()


def test_one_score_for_each_place_of_a_row_is_yes_or_no() -> None:
    scores, target = torch.tensor([[2.0, -1.0, 3.0]]), torch.tensor([[1, 0, 0]])
    metric = metrics.Accuracy()
    metric.update(scores, target)
    assert metric.compute() == pytest.approx(2 / 3)


def list_metrics() -> Iterator[tuple[metrics.Metric, Tensor, Tensor]]:
    random = np.random.RandomState(0)
    scores, target = torch.tensor(random.randn(SAMPLES, 3)), torch.tensor(random.randint(0, 3, SAMPLES))
    classes = (metrics.Accuracy, metrics.TopKAccuracy, metrics.Precision, metrics.Recall, metrics.F1)
    for kind in (*classes, metrics.ConfusionMatrix, AUROC, AveragePrecision):
        yield kind(), scores, target
    for error in (MeanSquaredError, RootMeanSquaredError, MeanAbsoluteError, MeanAbsoluteScaledError, R2Score):
        yield error(), scores, scores + 1
    yield Perplexity(), scores, target
    tokens = torch.tensor(random.randint(4, 9, (SAMPLES, 12)))
    yield BLEU(), tokens, tokens.roll(3, 1)
    yield EntityF1(("O", "B-a", "I-a")), scores[:, :, None].expand(-1, -1, 4), target[:, None].expand(-1, 4)


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
