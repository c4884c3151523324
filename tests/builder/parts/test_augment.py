"""Augmentation keeps what it must keep and changes what it says it changes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from builder.parts.augment import Augment

EVERYTHING = {"flip": True, "flip_vertical": True, "crop_padding": 2, "shift": 0.1, "rotate": 20.0}


@pytest.fixture
def images() -> Tensor:
    torch.manual_seed(0)
    return torch.rand(64, 3, 12, 16)


@pytest.mark.parametrize("setting", [*({name: value} for name, value in EVERYTHING.items()), EVERYTHING])
def test_shape_and_dtype_stay(images: Tensor, setting: dict[str, float]) -> None:
    for batch in (images, images[:1], images.double()):
        changed = Augment(**setting)(batch)
        assert (changed.shape, changed.dtype) == (batch.shape, batch.dtype)
        assert changed.isfinite().all()


def test_nothing_changes_outside_training(images: Tensor) -> None:
    assert Augment(**EVERYTHING).eval()(images) is images


def test_nothing_changes_without_a_setting(images: Tensor) -> None:
    assert Augment()(images) is images


def test_the_same_seed_gives_the_same_images(images: Tensor) -> None:
    augment = Augment(**EVERYTHING)
    draws = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        draws.append(augment(images))
    assert draws[0].equal(draws[1])
    assert not draws[0].equal(draws[2])


@pytest.mark.parametrize(("setting", "axis"), [("flip", 3), ("flip_vertical", 2)])
def test_a_flip_mirrors_about_half_of_the_images_exactly(images: Tensor, setting: str, axis: int) -> None:
    changed = Augment(**{setting: True})(images)
    flipped = [bool(a.equal(b.flip(axis - 1))) for a, b in zip(changed, images, strict=True)]
    kept = [bool(a.equal(b)) for a, b in zip(changed, images, strict=True)]
    assert all(a != b for a, b in zip(flipped, kept, strict=True))
    assert 16 < sum(flipped) < 48


def test_a_crop_is_a_window_of_the_padded_image_and_each_image_has_its_own(images: Tensor) -> None:
    changed = Augment(crop_padding=2, fill=-1.0)(images)
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2), value=-1.0)
    places = [
        {(top, left) for top in range(5) for left in range(5) if crop.equal(whole[:, top : top + 12, left : left + 16])}
        for crop, whole in zip(changed, padded, strict=True)
    ]
    assert all(len(place) == 1 for place in places)
    assert len(set.union(*places)) > 10


def test_a_turn_of_an_oblong_image_keeps_its_middle_and_its_proportions() -> None:
    torch.manual_seed(0)
    image = torch.zeros(1, 1, 21, 41)
    image[..., 10, 10:31] = 1.0
    turned = Augment(rotate=90.0)(image.expand(200, -1, -1, -1))
    heights = (turned > 0.3).any(3).sum((1, 2))
    assert (turned[:, 0, 10, 20] > 0.5).all()
    assert heights.max() > 15
    lengths = turned.sum((1, 2, 3))
    assert lengths.min() > 0.75 * 21


def test_a_shift_moves_no_further_than_it_says() -> None:
    torch.manual_seed(0)
    image = torch.zeros(1, 1, 20, 20)
    image[..., 10, 10] = 1.0
    changed = Augment(shift=0.2)(image.expand(300, -1, -1, -1)) > 1e-4
    rows, columns = changed.any(3).nonzero()[:, 2], changed.any(2).nonzero()[:, 2]
    for places in (rows, columns):
        assert 5 <= places.min() <= 7
        assert 13 <= places.max() <= 15


def test_what_comes_in_from_outside_is_the_fill() -> None:
    torch.manual_seed(0)
    changed = Augment(shift=0.5, rotate=45.0, fill=0.7)(torch.full((50, 1, 8, 8), 0.7))
    assert torch.allclose(changed, torch.tensor(0.7))
