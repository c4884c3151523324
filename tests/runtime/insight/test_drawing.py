from __future__ import annotations

import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from runtime.insight.drawing import Manner, find_box, find_centre, fit_drawing, measure_manner, to_tensor


def make_pictures(height: int, shift: int, is_dark: bool = True) -> Tensor:
    """Forty pictures 28x28 of an upright bar of that height, moved down from the middle by so many pixels."""
    pictures = torch.zeros(40, 1, 28, 28)
    top = 14 - height // 2 + shift
    pictures[:, :, top : top + height, 12:16] = 1
    return pictures if is_dark else 1 - pictures


def draw_line() -> Image.Image:
    board = Image.new("L", (224, 224), 0)
    ImageDraw.Draw(board).line([(30, 200), (60, 120)], fill=255, width=14)
    return board


@pytest.mark.parametrize("height", [12, 20, 28])
def test_the_size_of_what_is_drawn_is_measured(height: int) -> None:
    assert measure_manner(make_pictures(height, 0)).extent == pytest.approx(height / 28)


@pytest.mark.parametrize("is_dark", [True, False])
def test_the_background_is_found(is_dark: bool) -> None:
    assert measure_manner(make_pictures(16, 0, is_dark)).is_dark is is_dark


def test_scaling_of_the_pictures_changes_nothing() -> None:
    pictures = make_pictures(20, 0)
    assert measure_manner(pictures * 7 - 3) == measure_manner(pictures)


def test_pictures_that_stand_by_their_mass_are_told_from_pictures_that_stand_by_their_box() -> None:
    heavy_below = torch.zeros(40, 1, 28, 28)
    heavy_below[:, :, 4:24, 13:15] = 1
    heavy_below[:, :, 18:24, 8:20] = 1
    by_box = measure_manner(heavy_below)
    centre = find_centre(heavy_below[0, 0])
    by_mass = measure_manner(torch.roll(heavy_below, int(13.5 - centre[0].item()), dims=2))
    assert by_mass.is_centred_by_mass and not by_box.is_centred_by_mass


def test_a_drawing_gets_the_size_and_the_place_of_the_data() -> None:
    fitted = fit_drawing(draw_line(), Manner(extent=20 / 28, is_centred_by_mass=True), (28, 28))
    assert fitted is not None and fitted.size == (28, 28)
    ink = to_tensor(fitted)
    box = find_box(ink)
    assert box is not None and abs((box[1] - box[0]) - 20) <= 2
    assert torch.allclose(find_centre(ink), torch.tensor([13.5, 13.5]), atol=1)


def test_a_drawing_for_light_pictures_is_dark_on_light() -> None:
    fitted = fit_drawing(draw_line(), Manner(is_dark=False), (28, 28))
    assert fitted is not None and fitted.getpixel((0, 0)) == 255


def test_an_empty_board_is_no_drawing() -> None:
    assert fit_drawing(Image.new("L", (224, 224), 0), Manner(), (28, 28)) is None


def test_pictures_without_anything_in_them_have_a_manner_too() -> None:
    assert measure_manner(torch.zeros(30, 3, 8, 8)).extent == Manner().extent
