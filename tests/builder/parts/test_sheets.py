"""Pictures in rows."""

from __future__ import annotations

import pytest
import torch

from builder.parts.sheets import lay_out


def test_pictures_lie_in_rows_from_the_left_and_what_is_left_over_is_dark() -> None:
    pictures = torch.arange(5.0).reshape(5, 1, 1, 1).expand(5, 2, 2, 3)
    sheet = lay_out(pictures)
    assert sheet.shape == (2, 4, 9)
    assert sheet[1, ::2, ::3].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 0.0]]
    assert torch.equal(sheet[:, 2:, 3:6], pictures[4])


@pytest.mark.parametrize(("count", "shape"), [(1, (1, 1)), (2, (1, 2)), (4, (2, 2)), (7, (3, 3)), (16, (4, 4))])
def test_a_sheet_is_as_nearly_square_as_it_goes(count: int, shape: tuple[int, int]) -> None:
    assert lay_out(torch.rand(count, 3, 1, 1)).shape == (3, *shape)
