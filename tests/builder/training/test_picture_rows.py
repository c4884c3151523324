"""Pictures that belong together stand above each other."""

from __future__ import annotations

import pytest
import torch

from builder.training.picture_rows import ImageRows
from tests.builder.training.test_previews import decode

FACTS = {"image": {"kind": "image", "scaling": "unit"}}


def test_a_column_holds_the_pictures_of_one_sample_with_a_white_line_between() -> None:
    above, below = torch.zeros(4, 1, 28, 28), torch.full((4, 1, 28, 28), 0.2)
    payload = ImageRows.payload(ImageRows.Params(count=3), FACTS, above, below)
    assert payload["type"] == "image_grid"
    column = decode(payload["images"])
    assert column.shape == (3, 58, 28, 1)
    assert column[:, :28].eq(0).all() and column[:, 28:30].eq(255).all() and column[:, 30:].eq(51).all()


@pytest.mark.parametrize("scaling", ["none", "signed"])
def test_the_line_is_white_whatever_the_scaling(scaling: str) -> None:
    facts = {"image": {"kind": "image", "scaling": scaling}}
    if scaling == "signed":
        facts["image"] |= {"mean": [0.5], "deviation": [0.5]}  # type: ignore[dict-item]
    column = decode(ImageRows.payload(ImageRows.Params(), facts, *[torch.zeros(1, 1, 8, 8)] * 2)["images"])
    assert column[:, 8].eq(255).all() and column[:, 0].eq(0 if scaling == "none" else 128).all()


def test_small_pictures_are_enlarged_and_grey_ones_stand_above_coloured_ones() -> None:
    small, large = torch.rand(2, 1, 4, 4), torch.rand(2, 3, 8, 8)
    column = decode(ImageRows.payload(ImageRows.Params(), FACTS, small, large)["images"])
    assert column.shape == (2, 17, 8, 3)
    assert column[:, 0, 0].equal(column[:, 1, 1])
