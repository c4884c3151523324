from __future__ import annotations

import gc

import pytest

from builder import remembered
from builder.remembered import remember


class Size:
    """A value without equality of its own."""

    def __init__(self, number: int) -> None:
        self.number = number


def test_the_same_objects_are_asked_about_once_and_equal_ones_again() -> None:
    asked: list[list[int]] = []

    @remember
    def total(*lists: list[int]) -> int:
        asked.append(list(lists[0]))
        return sum(map(sum, lists))

    one, two = [1, 2], [3]
    assert [total(one, two), total(one, two), total([1, 2], two)] == [6, 6, 6]
    assert len(asked) == 2


def test_no_object_gets_the_answer_of_another_that_is_gone() -> None:
    answer = remember(lambda size: size.number)
    for number in range(500):  # each would get the address of the one before, were that not held
        assert answer(Size(number)) == number
        gc.collect(0)


def test_the_oldest_answers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    asked: list[int] = []

    @remember
    def look(size: Size) -> int:
        asked.append(size.number)
        return size.number

    sizes = [Size(number) for number in range(3)]
    for size in (*sizes, sizes[2], sizes[0]):
        look(size)
    assert asked == [0, 1, 2, 0]
