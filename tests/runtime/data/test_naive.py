"""What forecasts are measured by, and folds in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from builder.document import Fold, Split, Windows
from runtime.data.errors import DataError
from runtime.data.naive import measure_naive_errors
from tests.runtime.data.test_windows import prepare_windows, unscale, write_series

WINDOWS = Windows(length=5, horizon=2, targets=("value",))


def test_the_naive_error_of_a_season_is_the_mean_difference_to_the_season_before() -> None:
    series = torch.tensor(np.tile([1.0, 5.0, 2.0, 9.0], 6) + np.repeat(np.arange(6), 4)).unsqueeze(1)
    errors = measure_naive_errors(series)
    assert len(errors) == 23
    assert errors[3] == pytest.approx(1.0)
    assert errors[0] == pytest.approx((series[1:] - series[:-1]).abs().mean())


def test_naive_errors_know_the_training_part_alone_in_its_scale(tmp_path: Path) -> None:
    calm = np.sin(np.arange(100.0)) * 3 + 7
    storm = np.concatenate([calm[:60], calm[60:] * 1000])
    known = []
    for name, values in (("calm", calm), ("storm", storm)):
        facts = prepare_windows(write_series(tmp_path / f"{name}.csv", values), WINDOWS).facts.fields["value"]
        known.append(facts.naive_errors)
        assert facts.naive_errors and facts.deviation
        assert facts.naive_errors[1] * facts.deviation[0] == pytest.approx(
            np.abs(calm[2:60] - calm[:58]).mean(), rel=1e-5
        )
    assert known[0] == known[1]


def test_a_fold_of_windows_is_validated_on_what_follows_its_training_part(tmp_path: Path) -> None:
    origin = write_series(tmp_path / "a.csv", np.arange(100))
    ends = []
    for index in range(3):
        split = Split(test=0.2, fold=Fold(count=3, index=index))
        prepared = prepare_windows(origin, WINDOWS, split)
        targets = {part: unscale(prepared, found["value_next"]).flatten() for part, found in prepared.parts.items()}
        assert (
            targets["train"].max() < targets["validation"].min() < targets["validation"].max() < targets["test"].min()
        )
        assert targets["test"].min() == 80 and targets["test"].max() == 99
        ends.append((int(targets["validation"].min()), int(targets["validation"].max())))
    assert ends == [(20, 39), (40, 59), (60, 79)]


def test_folds_that_leave_no_window_to_learn_from_are_told(tmp_path: Path) -> None:
    origin = write_series(tmp_path / "a.csv", np.arange(30))
    with pytest.raises(DataError, match="one window with its target needs 7"):
        prepare_windows(origin, WINDOWS, Split(fold=Fold(count=5)))
