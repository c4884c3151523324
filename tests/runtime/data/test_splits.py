from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.document import Split
from runtime.data.splits import divide_rows, name_part

fractions = st.sampled_from([0.0, 0.1, 0.25, 0.4])


@given(count=st.integers(1, 300), validation=fractions, test=fractions, seed=st.integers(0, 2**40), data=st.data())
def test_parts_are_disjoint_and_together_everything(count, validation, test, seed, data):
    classes = data.draw(st.none() | st.just(np.arange(count) % 3))
    split = Split(validation=validation, test=test, seed=seed)
    parts = divide_rows(count, split, frozenset({"train"}), classes)
    rows = np.concatenate(list(parts.values()))
    assert sorted(rows) == list(range(count))
    assert len(parts["train"])
    again = divide_rows(count, split, frozenset({"train"}), classes)
    assert all(np.array_equal(parts[part], again[part]) for part in parts)


def test_another_seed_draws_other_rows():
    first, second = (divide_rows(100, Split(seed=seed), frozenset(), None)["validation"] for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_the_rows_of_a_seed_never_change():
    parts = divide_rows(20, Split(validation=0.2, seed=7), frozenset(), None)
    assert parts["validation"].tolist() == np.sort(np.random.RandomState(7).permutation(20)[-4:]).tolist()


@pytest.mark.parametrize("sizes", [(50, 50, 50), (90, 9, 1000), (10, 200)])
def test_parts_hold_the_classes_in_the_same_proportions(sizes):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    parts = divide_rows(len(classes), Split(validation=0.1, test=0.2), frozenset(), classes)
    for part, fraction in (("validation", 0.1), ("test", 0.2)):
        counts = np.bincount(classes[parts[part]], minlength=len(sizes))
        assert np.abs(counts - np.array(sizes) * fraction).max() <= 1


def test_a_part_that_the_origin_brings_is_not_drawn_again():
    parts = divide_rows(100, Split(validation=0.1, test=0.2), frozenset({"train", "test"}), None)
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 90, "validation": 10}


def test_a_fraction_of_zero_makes_no_part():
    assert list(divide_rows(4, Split(validation=0.0), frozenset(), None)) == ["train"]


def test_by_order_the_last_rows_are_the_test_and_those_before_the_validation():
    parts = divide_rows(10, Split(validation=0.2, test=0.3, by="order"), frozenset(), np.zeros(10, dtype=int))
    assert {part: rows.tolist() for part, rows in parts.items()} == {
        "train": [0, 1, 2, 3, 4],
        "validation": [5, 6],
        "test": [7, 8, 9],
    }


@pytest.mark.parametrize(
    ("name", "part"), [("train", "train"), ("dev", "validation"), ("Test", "test"), ("extra", None)]
)
def test_other_names_of_parts_are_understood(name, part):
    assert name_part(name) == part
