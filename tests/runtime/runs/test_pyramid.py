from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from runtime.runs.pyramid import PyramidBuilder, bucket_size, choose_level, cover_range


@given(st.lists(st.floats(allow_nan=True), max_size=700))
def test_each_bucket_names_a_lowest_and_a_highest_point_of_its_stretch(values: list[float]) -> None:
    builder = PyramidBuilder()
    buckets = [bucket for value in values for bucket in builder.add(value)]
    assert len(buckets) == sum(len(values) // bucket_size(level) for level in range(1, 9))
    for bucket in buckets:
        first = bucket.number * bucket_size(bucket.level)
        stretch = values[first : first + bucket_size(bucket.level)]
        real = [value for value in stretch if not math.isnan(value)]
        assert first <= bucket.low < first + len(stretch) and first <= bucket.high < first + len(stretch)
        if real:
            assert values[bucket.low] == min(real) or min(real) == math.inf
            assert values[bucket.high] == max(real) or max(real) == -math.inf


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5))
def test_a_range_is_covered_once_and_in_order(first: int, length: int, level: int) -> None:
    place = first
    for piece, start, stop in cover_range(first, first + length, level):
        assert start < stop and piece <= level
        assert start * bucket_size(piece) == place
        place = stop * bucket_size(piece)
    assert place == first + length


def test_a_level_is_as_fine_as_the_budget_allows() -> None:
    assert choose_level(100, 100) == 0
    assert choose_level(101, 100) == 1
    assert choose_level(1_000_000, 1000) == 4
    for num_points in random.Random(1).sample(range(10**7), 50):
        level = choose_level(num_points, 500)
        assert num_points <= 500 * bucket_size(level)
        assert level == 0 or num_points > 500 * bucket_size(level - 1)
