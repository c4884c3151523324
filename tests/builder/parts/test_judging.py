"""The judge of a value that is measured again and again."""

from __future__ import annotations

import math

import pytest

from builder.parts.judging import Judge


@pytest.mark.parametrize(
    ("mode", "values", "better"),
    [
        ("min", [3, 2, 2, 4, 1], [True, True, False, False, True]),
        ("max", [3, 2, 4, 4, 5], [True, False, True, False, True]),
    ],
)
def test_a_value_is_better_only_than_all_before_it(mode, values, better):
    judge = Judge(mode)
    assert [judge.observe(value) for value in values] == better


def test_small_gains_count_once_they_add_up_to_more_than_min_delta():
    judge = Judge("min", min_delta=0.5)
    assert [judge.observe(value) for value in (3.0, 2.7, 2.5, 2.4)] == [True, False, False, True]
    assert (judge.best, judge.waited) == (2.4, 0)


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_is_never_better_and_never_stays_the_best(mode, bad):
    judge = Judge(mode)
    assert [judge.observe(value) for value in (bad, bad)] == [False, False]
    assert (judge.best, judge.waited) == (None, 2)
    assert judge.observe(1.0)
    assert not judge.observe(bad)
    assert (judge.best, judge.waited) == (1.0, 1)
