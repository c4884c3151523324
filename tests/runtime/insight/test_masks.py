"""A mask beside the true one: which classes there are, and how well each is covered."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from builder.answering import Question
from builder.parts.preparation import Preparation
from runtime.insight.masks import MOST_SIDE, Masked, show_mask

QUESTION = Question("model", "main", ("image",), 0, "mask", "mask", ("image",), picture="image", scores="logit")
TARGET = Preparation("image", scaling="unit", shape=(1, 4, 4))


def find(truth: np.ndarray | None, picture: Image.Image | None = None) -> Masked:
    """The answer of a network that finds the thing in the left half."""
    scores = torch.full((1, 4, 4), -3.0)
    scores[:, :, :2] = 3.0
    return show_mask(QUESTION, TARGET, scores, picture or Image.new("RGB", (8, 8), (9, 9, 9)), truth)


def test_without_the_truth_there_are_colours_names_and_shares() -> None:
    found = find(None)
    assert [(one.name, one.share, one.overlap) for one in found.classes] == [("ground", 0.5, None), ("mask", 0.5, None)]
    assert found.classes[1].colour == "#ff3399"
    assert found.truth is None and found.overlap is None


def test_the_overlap_is_that_of_the_thing_over_its_pixels() -> None:
    truth = np.zeros((4, 4), np.uint8)
    truth[:, :3] = 255
    found = find(truth)
    assert [one.overlap for one in found.classes] == [pytest.approx(4 / 8), pytest.approx(8 / 12)]
    assert found.overlap == pytest.approx(8 / 12)
    shown = np.asarray(found.truth)
    assert (shown[:, 6:] == 9).all() and (shown[:, :6] != 9).any(-1).all()


def test_a_thing_that_is_in_neither_mask_has_no_overlap() -> None:
    scores, empty = torch.full((1, 4, 4), -3.0), np.zeros((4, 4), np.uint8)
    found = show_mask(QUESTION, TARGET, scores, Image.new("L", (4, 4)), empty)
    assert found.overlap is None and found.classes[0].overlap == 1.0 and found.classes[1].overlap is None


def test_a_large_picture_is_shown_smaller_and_its_mask_is_whole() -> None:
    found = find(None, Image.new("RGB", (2 * MOST_SIDE, MOST_SIDE)))
    assert found.overlay.size == (MOST_SIDE, MOST_SIDE // 2) and found.mask.size == (2 * MOST_SIDE, MOST_SIDE)
