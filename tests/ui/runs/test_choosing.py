from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from ui.runs.choosing import Wish, choose, list_tags

RUNS = pd.DataFrame(
    [
        {"name": "CNN wide", "project": "Digits", "tags": ["good", "paper"], "notes": "", "status": "finished"},
        {"name": "CNN (a+b)", "project": "Digits", "tags": [], "notes": "wide kernels", "status": "running"},
        {"name": "Line", "project": "Regression", "tags": None, "notes": "", "status": "failed"},
    ]
)
TABLE = pd.DataFrame({"Metric": ["accuracy", "accuracy", "loss"], "Best": [0.97, float("nan"), 0.2]})


@pytest.mark.parametrize(
    ("wish", "found"),
    [
        ({}, [0, 1, 2]),
        ({"text": "wide"}, [0, 1]),
        ({"text": "DIGITS paper"}, [0]),
        ({"text": "(a+b)"}, [1]),
        ({"status": "Failed"}, [2]),
        ({"status": "All"}, [0, 1, 2]),
        ({"projects": ["Regression"]}, [2]),
        ({"tags": ["good", "paper"]}, [0]),
        ({"tags": ["good", "other"]}, []),
        ({"metric": "accuracy"}, [0, 1]),
        ({"low": 0.9}, [0]),
        ({"high": 0.9}, [2]),
        ({"metric": "accuracy", "high": 0.9}, []),
        ({"text": "wide", "status": "Running", "projects": ["Digits"]}, [1]),
    ],
)
def test_rows_fit_every_part_of_a_wish(wish: dict[str, Any], found: list[int]) -> None:
    fits = choose(RUNS, TABLE, Wish(**wish))
    assert list(RUNS.index[fits]) == found


def test_tags_are_listed_once() -> None:
    assert list_tags(RUNS) == ["good", "paper"]


def test_no_runs_have_no_rows() -> None:
    assert list(choose(RUNS[:0], TABLE[:0], Wish("x", tags=["y"], low=1.0))) == []
