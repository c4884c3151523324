"""Pictures and truth are mixed by the same share, and by none outside training."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from builder.parts.mixing import Mix

LABELS = torch.arange(64) % 4


@pytest.fixture
def plain() -> Tensor:
    """Pictures that hold nothing but the number of their class."""
    torch.manual_seed(0)
    return LABELS.float().view(-1, 1, 1, 1).expand(-1, 3, 16, 12).clone()


@pytest.mark.parametrize("ways", [{"mixup": 0.4}, {"mixup": 0.0, "cutmix": 1.0}, {"mixup": 1.0, "cutmix": 1.0}])
def test_the_truth_says_how_much_of_each_class_is_on_a_picture(plain: Tensor, ways: dict[str, float]) -> None:
    image, truth = Mix(4, **ways)(plain, LABELS)
    assert image.shape == plain.shape and truth.shape == (64, 4)
    torch.testing.assert_close(truth.sum(1), torch.ones(64))
    torch.testing.assert_close(image.mean((1, 2, 3)), truth @ torch.arange(4.0))
    assert not torch.equal(image, plain)


def test_a_picture_that_is_cut_holds_pixels_of_both_unchanged(plain: Tensor) -> None:
    image, _ = Mix(4, mixup=0.0, cutmix=1.0)(plain, LABELS)
    assert torch.equal(image, image.round())
    assert (image.flatten(1).amax(1) != image.flatten(1).amin(1)).any()


def test_shares_are_drawn_from_the_beta_distribution(plain: Tensor) -> None:
    pictures = torch.zeros(4000, 1, 2, 2)
    labels = torch.arange(4000) % 2
    for alpha in (0.2, 1.0):
        _, truth = Mix(2, mixup=alpha)(pictures, labels)
        mixed = truth[(truth != truth.round()).any(1)][:, 0]
        expected = torch.distributions.Beta(alpha, alpha).variance
        assert mixed.var().item() == pytest.approx(expected.item(), rel=0.1)


def test_outside_training_pictures_and_classes_stay(plain: Tensor) -> None:
    image, truth = Mix(4, mixup=1.0, cutmix=1.0).eval()(plain, LABELS)
    assert image is plain
    assert torch.equal(truth.argmax(1), LABELS) and set(truth.unique().tolist()) == {0.0, 1.0}


def test_the_same_seed_mixes_the_same(plain: Tensor) -> None:
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(Mix(4, mixup=1.0, cutmix=1.0)(plain, LABELS))
    assert all(torch.equal(a, b) for a, b in zip(results[0], results[1], strict=True))
    assert not torch.equal(results[0][0], results[2][0])
