from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.document import Fold, Split
from runtime.data.errors import DataError
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


def divide_folds(count, folds, classes=None, **split):
    """The parts of every fold."""
    return [
        divide_rows(count, Split(fold=Fold(count=folds, index=index), **split), frozenset({"train"}), classes)
        for index in range(folds)
    ]


@given(count=st.integers(20, 300), folds=st.integers(2, 10), test=fractions, seed=st.integers(0, 2**40))
def test_every_row_but_those_of_the_test_is_for_validation_in_one_fold(count, folds, test, seed):
    divided = divide_folds(count, folds, test=test, seed=seed)
    tests = [set(parts.get("test", [])) for parts in divided]
    assert all(found == tests[0] for found in tests)
    for parts in divided:
        rows = np.concatenate(list(parts.values()))
        assert sorted(rows) == list(range(count))
    validated = np.concatenate([parts["validation"] for parts in divided])
    assert sorted(validated) == sorted(set(range(count)) - tests[0])
    sizes = [len(parts["validation"]) for parts in divided]
    assert max(sizes) - min(sizes) <= 1


def test_folds_leave_the_rows_of_the_test_where_they_are_without_folds():
    plain = divide_rows(100, Split(validation=0.1, test=0.2, seed=3), frozenset(), None)
    assert all(np.array_equal(parts["test"], plain["test"]) for parts in divide_folds(100, 4, test=0.2, seed=3))


def test_folds_hold_the_classes_in_the_same_proportions():
    classes = np.repeat(np.arange(3), [60, 30, 10])
    for parts in divide_folds(100, 5, classes):
        assert np.abs(np.bincount(classes[parts["validation"]], minlength=3) - [12, 6, 2]).max() <= 1


@given(count=st.integers(20, 200), folds=st.integers(2, 10), test=fractions)
def test_a_fold_in_time_learns_from_nothing_that_comes_later(count, folds, test):
    divided = divide_folds(count, folds, by="order", test=test)
    ends = []
    for parts in divided:
        assert parts["train"].max() < parts["validation"].min()
        assert "test" not in parts or parts["validation"].max() < parts["test"].min()
        ends.append((parts["validation"].min(), parts["validation"].max()))
    assert all(before[1] + 1 == after[0] for before, after in pairwise(ends))


def test_a_validation_part_of_the_origin_makes_room_for_folds():
    split = Split(fold=Fold(count=4))
    parts = divide_rows(100, split, frozenset({"train", "validation", "test"}), None)
    assert {part: len(rows) for part, rows in parts.items()} == {"train": 75, "validation": 25}


@pytest.mark.parametrize(("count", "fold"), [(3, Fold(count=4)), (100, Fold(count=4, index=4))])
def test_folds_that_cannot_be_made_are_told(count, fold):
    with pytest.raises(DataError, match="fold"):
        divide_rows(count, Split(fold=fold), frozenset(), None)
