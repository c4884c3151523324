from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ui.runs.sorting import Order, read_order, sort_places, turn_order

RUNS = pd.DataFrame(
    {"seconds": [90.0, 8.0, float("nan")], "epoch": [2, 10, None], "created": ["2026-02", "2026-03", "2026-01"]}
)
TABLE = pd.DataFrame(
    {
        "Run": ["b", "A", "c"],
        "Best": [float("nan"), 0.2, 0.1],
        "Duration": ["1 m 30 s", "8.0 s", ""],
        "Epochs": ["2", "10", ""],
        "Tags": [["z"], [], ["a", "b"]],
        "Curve": [[1.0, 0.5], [], [2.0, 0.1]],
        "Created": ["", "", ""],
    }
)


@pytest.mark.parametrize(
    ("column", "is_down", "order"),
    [
        ("Run", False, [1, 0, 2]),
        ("Run", True, [2, 0, 1]),
        ("Best", False, [2, 1, 0]),
        ("Best", True, [1, 2, 0]),
        ("Duration", False, [1, 0, 2]),
        ("Epochs", True, [1, 0, 2]),
        ("Tags", False, [2, 0, 1]),
        ("Curve", False, [2, 0, 1]),
        ("Created", True, [1, 0, 2]),
        ("From", False, [0, 1, 2]),
    ],
)
def test_rows_are_sorted_by_what_they_mean_and_empty_ones_last(column: str, is_down: bool, order: list[int]) -> None:
    assert sort_places(RUNS, TABLE, Order(column, is_down)) == order


def test_a_heading_is_clicked_three_times_until_it_is_as_before() -> None:
    state: dict[str, Any] = {}
    found = []
    for _ in range(3):
        turn_order(state, "Best")
        order = read_order(state)
        found.append(order and order.arrow)
    assert found == ["↑", "↓", None]
    turn_order(state, "Best")
    turn_order(state, "Created")
    assert read_order(state) == Order("Created", True)
