"""One vector for a whole sequence."""

from __future__ import annotations

import pytest
import torch

from builder.parts.pooling import SequencePool

INPUT = torch.tensor([[[1.0, -4.0], [3.0, -2.0], [100.0, 100.0]], [[2.0, 6.0], [4.0, 6.0], [6.0, 9.0]]])


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("mean", [[2.0, -3.0], [4.0, 7.0]]),
        ("max", [[3.0, -2.0], [6.0, 9.0]]),
        ("sum", [[4.0, -6.0], [12.0, 21.0]]),
        ("last", [[3.0, -2.0], [6.0, 9.0]]),
    ],
)
def test_steps_after_the_end_do_not_count(mode: str, expected: list[list[float]]) -> None:
    assert SequencePool(mode)(INPUT, torch.tensor([2, 3])).tolist() == expected


def test_without_lengths_all_steps_count() -> None:
    assert torch.equal(SequencePool("sum")(INPUT), INPUT.sum(dim=1))
