"""Digits with masks: the same for a seed, and the mask is where the ink is."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.data.embedded import open_embedded
from runtime.data.errors import DataError


def test_every_picture_has_a_mask_of_its_size_and_a_seed_gives_the_same_ones() -> None:
    first, again, other = (
        open_embedded("digit_masks", {"count": 20, "size": 40, "seed": seed}).columns for seed in (0, 0, 1)
    )
    assert first["image"].shape == (20, 40, 40, 3) and first["mask"].shape == (20, 40, 40)
    assert set(np.unique(first["mask"])) == {0, 255}
    assert np.array_equal(first["image"], again["image"]) and not np.array_equal(first["image"], other["image"])
    covered = (first["mask"] > 0).mean((1, 2))
    assert covered.min() > 0.01 and covered.max() < 0.5


def test_ink_is_brighter_than_the_ground_and_there_are_boxes_as_bright_as_ink() -> None:
    columns = open_embedded("digit_masks", {"count": 50}).columns
    bright, ink = columns["image"].mean(3), columns["mask"] > 0
    assert bright[ink].mean() > bright[~ink].mean() + 60
    assert (bright[~ink] > 150).mean() > 0.01


@pytest.mark.parametrize(("options", "sentence"), [({"count": 1}, "count is 1"), ({"size": 8}, "size is 8")])
def test_sizes_without_sense_are_told(options: dict[str, int], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        open_embedded("digit_masks", options)
