"""Masks as pictures: which class a pixel is of, and where a colour lies."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from builder.parts.mask_pictures import COVER, NO_CLASS, answer_mask, choose_colour, draw_mask, find_mask
from builder.parts.preparation import read_mask


def test_the_first_class_is_pink_and_no_two_look_alike() -> None:
    assert choose_colour(1) == (255, 51, 153)
    colours = np.array([choose_colour(number) for number in range(1, 12)])
    apart = np.abs(colours[:, None] - colours[None]).sum(-1) + 1000 * np.eye(len(colours))
    assert apart.min() >= 60


@pytest.mark.parametrize(("meaning", "scores"), [("logit", [-0.1, 0.1]), ("probability", [0.4, 0.6])])
def test_a_single_score_says_yes_above_its_middle(meaning: str, scores: list[float]) -> None:
    for shape in ((1, 1, 2), (1, 2)):
        assert find_mask(torch.tensor(scores).reshape(shape), meaning).tolist() == [[0, 1]]


def test_of_several_scores_the_highest_is_the_class() -> None:
    scores = torch.tensor([[[0.0, 3.0]], [[2.0, 1.0]], [[1.0, 2.0]]])
    assert find_mask(scores, "logits").tolist() == find_mask(scores, "log_probabilities").tolist() == [[1, 0]]


def test_a_mask_is_as_large_as_the_picture_that_was_asked_about_and_leaves_its_ground_alone() -> None:
    scores = torch.full((1, 4, 4), -5.0)
    scores[:, :, 2:] = 5.0
    picture = Image.new("RGB", (40, 20), (100, 100, 100))
    answer = answer_mask(scores, "logit", ("ground", "thing"), picture)
    numbers = np.asarray(answer["mask"])
    assert answer["mask"].mode == "P" and numbers.shape == (20, 40)
    assert (numbers[:, :20] == 0).all() and (numbers[:, 20:] == 1).all()
    assert answer["shares"] == {"ground": 0.5, "thing": 0.5}
    shown = np.asarray(answer["overlay"])
    assert (shown[:, :20] == 100).all()
    coloured = [100 * (1 - COVER) + level * COVER for level in choose_colour(1)]
    assert np.abs(shown[:, 20:] - coloured).max() <= 1


def test_pixels_of_no_class_are_read_as_such_and_drawn_in_a_colour_that_no_class_has() -> None:
    pixels = np.array([[0, 1, 255]], np.uint8)
    mask = read_mask(pixels, 2, ignored=255)
    assert mask.tolist() == [[0, 1, 255]] and read_mask(pixels, 2).tolist() == [[0, 0, 1]]
    assert draw_mask(mask).convert("RGB").getpixel((2, 0)) == choose_colour(255) == NO_CLASS
    assert NO_CLASS not in {choose_colour(number) for number in range(255)}
    with pytest.raises(ValueError, match="holds the class 2, and there are 2 classes"):
        read_mask(np.array([[0, 2, 255]], np.uint8), 2, ignored=255)


def test_the_palette_of_a_saved_mask_holds_the_colours_of_the_classes(tmp_path) -> None:
    draw_mask(torch.tensor([[0, 1, 2]])).save(tmp_path / "mask.png")
    with Image.open(tmp_path / "mask.png") as read:
        assert np.asarray(read).tolist() == [[0, 1, 2]]
        assert [read.convert("RGB").getpixel((place, 0)) for place in range(3)] == [choose_colour(n) for n in range(3)]
