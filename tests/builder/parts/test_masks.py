from __future__ import annotations

import pytest
import torch
from sklearn.metrics import f1_score, jaccard_score
from torch import Tensor

from builder.parts.masks import Dice, DiceLoss, IoU


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
