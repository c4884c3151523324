from __future__ import annotations

import math

import pytest
import torch
from sklearn.metrics import f1_score, jaccard_score
from torch import Tensor

from builder.parts.masks import ClassDiceLoss, Dice, DiceLoss, IoU


@pytest.fixture
def masks() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(2)
    target = (torch.rand(6, 1, 9, 7, generator=generator) < 0.3).float()
    return torch.randn(6, 1, 9, 7, generator=generator) + 2 * target - 0.5, target


def measure(metric: IoU | Dice, scores: Tensor, target: Tensor) -> float:
    for part in (slice(0, 4), slice(4, 6)):
        metric.update(scores[part], target[part])
    return float(metric.compute())


def test_iou_and_dice_are_scikit_learns_over_all_pixels_of_all_batches(masks: tuple[Tensor, Tensor]) -> None:
    scores, target = masks
    truth, found = target.flatten().int(), (scores.flatten() > 0).int()
    assert measure(IoU("binary"), scores, target) == pytest.approx(jaccard_score(truth, found))
    assert measure(Dice("binary"), scores, target) == pytest.approx(f1_score(truth, found))


def test_several_classes_count_alike(masks: tuple[Tensor, Tensor]) -> None:
    generator = torch.Generator().manual_seed(3)
    target = torch.randint(0, 3, (6, 9, 7), generator=generator)
    scores = torch.randn(6, 3, 9, 7, generator=generator)
    expected = jaccard_score(target.flatten(), scores.argmax(1).flatten(), average="macro")
    assert measure(IoU("macro"), scores, target) == pytest.approx(expected)


@pytest.mark.parametrize("average", ["macro", "micro", "weighted"])
@pytest.mark.parametrize(
    ("ignored", "others"), [(0, [1, 2, 3]), (2, [0, 1, 3]), (255, [0, 1, 2, 3]), (-100, [0, 1, 2, 3])]
)
def test_pixels_of_an_ignored_class_count_for_nothing_as_in_scikit_learn(
    average: str, ignored: int, others: list[int]
) -> None:
    generator = torch.Generator().manual_seed(5)
    target = torch.randint(0, 4, (6, 9, 7), generator=generator)
    target[:, 3:5] = ignored
    scores = torch.randn(6, 4, 9, 7, generator=generator)
    counted = target != ignored
    pair = target[counted], scores.argmax(1)[counted]
    for metric, expected in ((IoU, jaccard_score), (Dice, f1_score)):
        found = measure(metric(average, ignore_index=ignored), scores, target)
        assert found == pytest.approx(expected(*pair, labels=others, average=average))


def test_nothing_is_measured_where_all_pixels_are_ignored_and_a_mask_of_yes_and_no_can_ignore_some() -> None:
    assert math.isnan(measure(IoU("macro", ignore_index=1), torch.randn(6, 3, 4, 4), torch.ones(6, 4, 4).long()))
    target, scores = torch.tensor([[1.0, 1.0, 0.0, 255.0]] * 6), torch.tensor([[9.0, -9.0, -9.0, 9.0]] * 6)
    assert measure(IoU("binary", ignore_index=255), scores, target) == 0.5
    assert measure(Dice("binary", ignore_index=255), scores, target) == pytest.approx(2 / 3)


def test_pixels_at_the_edge_of_a_mask_that_was_made_smaller_are_rounded() -> None:
    scores = torch.tensor([[5.0, 5.0, -5.0]])
    metric = IoU("binary")
    metric.update(scores, torch.tensor([[0.9, 0.6, 0.4]]))
    assert metric.compute() == 1.0


def test_the_loss_is_that_of_its_formula_and_vanishes_where_masks_agree(masks: tuple[Tensor, Tensor]) -> None:
    scores, target = masks
    chances = scores.sigmoid()
    each = [1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1) for p, t in zip(chances, target, strict=True)]
    torch.testing.assert_close(DiceLoss()(scores, target), torch.stack(each).mean())
    assert DiceLoss()(target * 200 - 100, target) < 1e-6
    assert DiceLoss()(torch.full((1, 1, 4, 4), -100.0), torch.zeros(1, 1, 4, 4)) < 1e-6
    assert DiceLoss()(100 - target * 200, target) > 0.95


def dice_by_hand(scores: Tensor, target: Tensor, ignored: int | None = None) -> Tensor:
    """One picture and one class after the other."""
    each = []
    for chances, numbers in zip(scores.softmax(1), target, strict=True):
        counted = numbers >= 0 if ignored is None else numbers != ignored
        for number, chance in enumerate(chances):
            found, truth = chance[counted], (numbers[counted] == number).float()
            each.append(1 - (2 * (found * truth).sum() + 1) / (found.sum() + truth.sum() + 1))
    return torch.stack(each).mean()


@pytest.mark.parametrize("ignored", [None, 1, 255])
def test_several_classes_have_a_loss_each_and_ignored_pixels_count_for_nothing(ignored: int | None) -> None:
    generator = torch.Generator().manual_seed(4)
    scores = torch.randn(3, 4, 9, 7, generator=generator, requires_grad=True)
    target = torch.randint(0, 4, (3, 9, 7), generator=generator)
    target[0].masked_fill_(target[0] == 2, 3)
    if ignored is not None:
        target[:, :2] = ignored
    loss, by_hand = (
        ClassDiceLoss(ignore_index=-100 if ignored is None else ignored),
        dice_by_hand(scores, target, ignored),
    )
    torch.testing.assert_close(loss(scores, target), by_hand)
    slopes = (torch.autograd.grad(value, scores)[0] for value in (loss(scores, target), by_hand))
    torch.testing.assert_close(next(slopes), own := next(slopes))
    assert own[:, :, 3:].abs().sum() > 0
    assert ignored is None or (own[target.unsqueeze(1).expand_as(own) == ignored] == 0).all()


def test_the_loss_of_several_classes_vanishes_where_all_pixels_are_found_and_where_none_counts() -> None:
    target = torch.arange(3).repeat(2, 4, 1)
    scores = torch.nn.functional.one_hot(target, 5).movedim(-1, 1) * 200.0
    assert ClassDiceLoss()(scores, target) < 1e-6
    assert ClassDiceLoss()(-scores, target) > 0.5
    assert ClassDiceLoss()(scores, torch.full_like(target, -100)) == 0
