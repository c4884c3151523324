"""A mask moves as its picture does, whatever moves it, and keeps its values."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from builder.parts.augment import Augment, AugmentMasks

MOVES = {"flip": True, "flip_vertical": True, "crop_padding": 3, "shift": 0.2, "rotate": 40.0, "erase": 0.4}
COLOURS = {"brightness": 0.3, "contrast": 0.5, "saturation": 0.5, "noise": 0.2}
COUNT, HEIGHT, WIDTH = 48, 18, 24


def make_ramps(slope: int) -> tuple[Tensor, Tensor]:
    """Pictures whose pixels say on which diagonal they were, from 1 on, and masks that say the same."""
    rows, columns = torch.arange(HEIGHT)[:, None], torch.arange(WIDTH)
    places = columns + rows + 1 if slope > 0 else columns - rows + HEIGHT
    mask = places.expand(COUNT, 1, HEIGHT, WIDTH).clone()
    return mask.float(), mask


def find_inside(mask: Tensor) -> Tensor:
    """Pixels around which all come from inside the picture, so that nothing from outside is mixed into them."""
    outside = F.pad((mask == 0).float(), (1, 1, 1, 1), value=1.0)
    return F.max_pool2d(outside, 3, stride=1) == 0


@pytest.mark.parametrize("slope", [1, -1])
@pytest.mark.parametrize("setting", [*({name: value} for name, value in MOVES.items()), MOVES])
def test_a_mask_moves_as_its_picture(setting: dict[str, float], slope: int) -> None:
    torch.manual_seed(1)
    image, mask = make_ramps(slope)
    changed, moved = AugmentMasks(**setting)(image, mask)
    inside = find_inside(moved)
    assert not torch.equal(moved, mask) and inside.float().mean() > 0.2
    assert ((changed - moved).abs()[inside] <= 1 + 1e-3).all(), "nearest is at most half a pixel off each way"


@pytest.mark.parametrize("slope", [1, -1])
def test_of_changes_that_are_drawn_those_of_place_move_both_and_those_of_colour_the_picture_alone(slope: int) -> None:
    torch.manual_seed(2)
    image, mask = make_ramps(slope)
    changed, moved = AugmentMasks(random=1, strength=0.6)(image, mask)
    is_moved = (moved != mask).flatten(1).any(1)
    assert 8 < is_moved.sum() < 40
    inside = find_inside(moved) & is_moved[:, None, None, None]
    assert ((changed - moved).abs()[inside] <= 1 + 1e-3).all()
    for before, after in zip(image[~is_moved], changed[~is_moved], strict=True):
        pair = torch.stack([before.flatten(), after.flatten()])
        assert torch.corrcoef(pair)[0, 1] > 0.999


@pytest.mark.parametrize("setting", [*({name: value} for name, value in COLOURS.items()), COLOURS])
def test_colours_and_noise_leave_a_mask_alone(setting: dict[str, float]) -> None:
    image, mask = torch.rand(8, 3, 12, 12), torch.rand(8, 1, 12, 12).round()
    changed, kept = AugmentMasks(**setting)(image, mask)
    assert torch.equal(kept, mask) and not torch.equal(changed, image)


@pytest.mark.parametrize("mask", [torch.randint(0, 5, (6, 12, 16)), torch.rand(6, 1, 12, 16).round()])
def test_shape_and_type_stay_and_no_class_is_made_up(mask: Tensor) -> None:
    _, moved = AugmentMasks(**MOVES, **COLOURS, random=2, fill=0.7)(torch.rand(6, 3, 12, 16), mask)
    assert (moved.shape, moved.dtype) == (mask.shape, mask.dtype)
    assert set(moved.unique().tolist()) <= {0, *mask.unique().tolist()}


def test_what_comes_in_from_outside_is_of_the_class_that_is_said() -> None:
    image, mask = torch.rand(6, 3, 12, 16), torch.randint(1, 5, (6, 12, 16))
    torch.manual_seed(3)
    _, ground = AugmentMasks(**MOVES)(image, mask)
    torch.manual_seed(3)
    _, border = AugmentMasks(**MOVES, mask_fill=255)(image, mask)
    assert (ground == 0).any()
    assert torch.equal(border, ground.where(ground > 0, 255))


def test_pictures_change_as_they_do_without_masks() -> None:
    image, mask = torch.rand(8, 3, 12, 16), torch.zeros(8, 1, 12, 16)
    drawn = []
    for seed, changed in ((3, None), (3, mask)):
        torch.manual_seed(seed)
        settings = {**MOVES, **COLOURS, "random": 2}
        drawn.append(Augment(**settings)(image) if changed is None else AugmentMasks(**settings)(image, mask)[0])
    assert torch.equal(*drawn)


def test_outside_training_both_stay() -> None:
    image, mask = torch.rand(2, 3, 8, 8), torch.rand(2, 8, 8)
    kept = AugmentMasks(**MOVES).eval()(image, mask)
    assert kept[0] is image and kept[1] is mask
