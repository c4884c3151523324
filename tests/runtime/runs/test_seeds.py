"""Means and intervals over seeds, against numpy and scipy, and against what was written."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from runtime.runs.folder import RunFolder
from runtime.runs.intervals import find_interval, find_quantile
from runtime.runs.seeds import MOST_STEPS, read_bands
from tests.runtime.runs.made import make_folder, point


def write(folder: RunFolder, values: dict[int, float], name: str = "loss") -> RunFolder:
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step, value in values.items():
            writer.write(point(step, value, name))
    return folder


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 9, 19, 100])
def test_the_quantile_is_student_s(freedom: int) -> None:
    assert find_quantile(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=1e-9)


def test_the_interval_of_few_values_is_that_of_scipy() -> None:
    values = [0.91, 0.94, 0.9, 0.97, 0.93]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    mean, half = find_interval(values)
    assert (mean - half, mean + half) == pytest.approx((low, high))
    assert math.isnan(find_interval([1.0])[1])


def test_a_band_is_the_mean_at_the_steps_that_all_have(tmp_path: Path) -> None:
    one = write(make_folder(tmp_path), dict.fromkeys(range(1, 11), 1.0))
    two = write(make_folder(tmp_path), dict.fromkeys(range(2, 9), 3.0))
    (band,) = read_bands([one, two], "train", 1000)
    assert band["steps"] == list(range(2, 9)) and band["means"] == [2.0] * 7 and band["runs"] == 2
    assert band["halves"][0] == pytest.approx(find_interval([1.0, 3.0])[1])


def test_runs_that_were_measured_at_other_steps_have_only_the_common_ones(tmp_path: Path) -> None:
    one = write(make_folder(tmp_path), {step: float(step) for step in range(0, 61, 2)})
    two = write(make_folder(tmp_path), {step: float(step) for step in range(0, 61, 3)})
    (band,) = read_bands([one, two], "train", 1000)
    assert band["steps"] == list(range(0, 61, 6)) and band["means"] == [float(step) for step in range(0, 61, 6)]


def test_a_long_band_is_bounded_and_ends_where_the_shortest_ends(tmp_path: Path) -> None:
    one = write(make_folder(tmp_path), dict.fromkeys(range(1, 5001), 1.0))
    two = write(make_folder(tmp_path), dict.fromkeys(range(1, 4001), 2.0))
    (band,) = read_bands([one, two], "train", 10_000)
    assert len(band["steps"]) == MOST_STEPS and (band["steps"][0], band["steps"][-1]) == (1, 4000)


def test_where_a_seed_became_no_number_there_is_no_mean(tmp_path: Path) -> None:
    one = write(make_folder(tmp_path), {1: 1.0, 2: 1.0})
    two = write(make_folder(tmp_path), {1: 2.0, 2: math.nan})
    (band,) = read_bands([one, two], "train", 1000)
    assert band["means"] == [1.5, None] and band["halves"][1] is None


def test_a_curve_of_one_run_alone_has_no_band(tmp_path: Path) -> None:
    one = write(make_folder(tmp_path), {1: 1.0}, "loss")
    assert read_bands([one, write(make_folder(tmp_path), {1: 1.0}, "other")], "train", 1000) == []
