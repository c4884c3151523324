"""Augmentation keeps what it must keep and changes what it says it changes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from builder.parts.augment import Augment

EVERYTHING = {"flip": True, "flip_vertical": True, "crop_padding": 2, "shift": 0.1, "rotate": 20.0, "random": 2,
              "brightness": 0.2, "contrast": 0.3, "saturation": 0.5, "noise": 0.1, "erase": 0.3}  # fmt: skip


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


def test_brightness_moves_all_pixels_of_an_image_alike_and_each_image_by_itself(images: Tensor) -> None:
    moved = (Augment(brightness=0.2)(images) - images).flatten(1)
    assert moved.std(1).max() < 1e-6
    assert -0.2 <= moved.min() < -0.1 and 0.1 < moved.max() <= 0.2


def test_contrast_keeps_the_mean_and_saturation_what_is_grey(images: Tensor) -> None:
    changed = Augment(contrast=0.5)(images)
    torch.testing.assert_close(changed.mean((1, 2, 3)), images.mean((1, 2, 3)))
    ratios = changed.flatten(1).std(1) / images.flatten(1).std(1)
    assert 0.5 <= ratios.min() < 0.7 and 1.3 < ratios.max() <= 1.5
    coloured = Augment(saturation=1.0)(images)
    torch.testing.assert_close(coloured.mean(1), images.mean(1))
    assert not torch.allclose(coloured, images)
    torch.testing.assert_close(Augment(saturation=1.0)(images[:, :1]), images[:, :1])


def test_noise_has_the_deviation_that_is_asked_for(images: Tensor) -> None:
    torch.manual_seed(0)
    assert (Augment(noise=0.25)(images) - images).std().item() == pytest.approx(0.25, rel=0.03)


def test_a_square_of_each_image_is_blanked_out_and_all_else_stays(images: Tensor) -> None:
    changed = Augment(erase=0.5, fill=-1.0)(images)
    gone = (changed == -1.0).all(1)
    assert (changed[~gone[:, None].expand_as(changed)] == images[~gone[:, None].expand_as(images)]).all()
    whole = gone.any(2).sum(1) * gone.any(1).sum(1)
    assert (gone.sum((1, 2)) == whole).all() and whole.max() == 6 * 8


def test_drawn_changes_leave_some_images_alone_and_treat_others_in_many_ways(images: Tensor) -> None:
    torch.manual_seed(0)
    many = images[:1].expand(400, -1, -1, -1)
    once = Augment(random=1)(many)
    same = (once == many).flatten(1).all(1).float().mean()
    assert 0.12 < same < 0.26, "one way of eight changes nothing, another mirrors every second image"
    weak = Augment(random=1, strength=0.0)(images)
    torch.testing.assert_close(weak.sort(3).values, images.sort(3).values)
