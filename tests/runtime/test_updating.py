"""When an updater takes its turn."""

from __future__ import annotations

import pytest

from builder.training.base import When
from runtime.updating import is_due

STEPS = [(step, step // 3) for step in range(12)]


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({}, list(range(12))),
        ({"every": 5}, [4, 9]),
        ({"from": 9}, [9, 10, 11]),
        ({"until": 2}, [0, 1]),
        ({"every": 2, "from": 3, "until": 8}, [3, 5, 7]),
        ({"every": 2, "unit": "epoch"}, [3, 4, 5, 9, 10, 11]),
        ({"from": 1, "until": 2, "unit": "epoch"}, [3, 4, 5]),
    ],
)
def test_a_turn_is_due_at_every_nth_step_or_epoch_from_one_on_until_one(when, due):
    assert [step for step, epoch in STEPS if is_due(When.model_validate(when), step, epoch)] == due


def test_without_a_word_about_turns_every_step_is_one():
    assert all(is_due(None, step, epoch) for step, epoch in STEPS)
