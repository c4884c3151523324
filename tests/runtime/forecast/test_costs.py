"""From what a few steps cost to what a whole run will."""

from __future__ import annotations

import pytest

from builder.document import Every
from runtime.forecast.costs import (
    BEGINNING_SECONDS,
    Costs,
    Forecast,
    Growth,
    Schedule,
    count_savings,
    find_growth,
    foresee_seconds,
)
from runtime.forecast.words import describe_forecast, tell_memory, tell_time


def test_memory_is_what_is_there_in_any_case_and_what_each_row_adds() -> None:
    growth = find_growth((16, 500e6), (32, 532e6))
    assert (growth.fixed, growth.row) == (468e6, 2e6)
    assert growth.at(64) == 596e6


def test_the_largest_batch_fills_the_room_and_is_no_larger_than_the_data() -> None:
    growth = Growth(fixed=468e6, row=2e6)
    assert growth.fit(668e6, most=1000) == 100
    assert growth.fit(668e6, most=60) == 60
    assert growth.fit(469e6, most=1000) == 0
    assert Growth(468e6, 0.0).fit(1e9, most=1000) == 1000
    assert Growth(468e6, 0.0).fit(1e6, most=1000) == 0


def test_more_rows_never_take_less() -> None:
    assert find_growth((16, 500e6), (32, 499e6)) == Growth(499e6, 0.0)
    assert find_growth((16, 500e6), (16, 500e6)) == Growth(500e6, 0.0)


@pytest.mark.parametrize(
    ("schedule", "validations"),
    [
        (Schedule(steps=100, batches=20), 5),
        (Schedule(steps=99, batches=20), 5),
        (Schedule(steps=101, batches=20), 6),
        (Schedule(steps=7, batches=20), 1),
        (Schedule(steps=100, batches=20, validation=Every(every=2)), 3),
        (Schedule(steps=100, batches=20, validation=Every(every=30, unit="step")), 4),
    ],
)
def test_the_validation_part_is_measured_at_its_times_and_at_the_end(schedule: Schedule, validations: int) -> None:
    assert schedule.validations == validations


def test_a_run_takes_its_steps_its_evaluations_its_loading_and_its_saving() -> None:
    costs = Costs(loading=1.0, first=3.0, step=2.0, validation=5.0, test=7.0, saving=0.0)
    assert foresee_seconds(costs, Schedule(steps=11, batches=5)) == BEGINNING_SECONDS + 1 + 3 + 10 * 2 + 3 * 5 + 7


def test_showing_and_writing_down_take_their_part_of_the_time() -> None:
    seldom = Costs(step=0.01, flush=0.025, preview=0.02)
    steps = 9999 * 0.01
    assert foresee_seconds(seldom, Schedule(10_000, 100)) == pytest.approx(
        BEGINNING_SECONDS + steps * (1 + 0.1 + 0.02) + 2 * 0.02
    )
    each_step = Costs(step=2.0, flush=0.1, preview=0.02)
    assert foresee_seconds(each_step, Schedule(101, 100)) == pytest.approx(BEGINNING_SECONDS + 100 * 2.12 + 2 * 0.02)
    slow_preview = Costs(step=2.0, preview=6.0)
    assert foresee_seconds(slow_preview, Schedule(101, 100)) == pytest.approx(
        BEGINNING_SECONDS + 100 * 2.0 * 1.03 + 2 * 6.0
    )


def test_checkpoints_are_saved_soon_again_and_again_and_at_the_end() -> None:
    costs, short = Costs(saving=1.0, validation=0.1), Schedule(steps=100, batches=1)
    assert count_savings(costs, short, 0.5) == 1
    assert count_savings(costs, short, 3.0) == 2
    assert count_savings(costs, short, 101.0) == 2 + 20
    long = Schedule(steps=100, batches=10)
    assert count_savings(costs, long, 101.0) == 2 + 9
    endless = Schedule(steps=100, batches=100)
    assert count_savings(costs, endless, 121.0) == 2 + 2


def test_a_forecast_is_one_short_line() -> None:
    forecast = Forecast(123.0, 640_000_000, 20 * 10**9, 500, 0.2, batch=32, largest=3000, most=50_000)
    assert describe_forecast(forecast) == "about 2 min · 640 MB · batches up to 2,048 fit"


def test_where_all_of_the_data_fits_in_a_batch_that_is_told() -> None:
    forecast = Forecast(0.4, 1_440_000_000, 20 * 10**9, 500, 0.2, batch=32, largest=150, most=150)
    assert describe_forecast(forecast) == "less than a second · 1.4 GB · batches up to all 150 samples fit"


def test_what_will_not_fit_is_told_with_what_would() -> None:
    forecast = Forecast(
        0.0, 0, 2 * 10**9, 0, 0.0, 64, 16, 100, advice='Set batch_size to 16 in the Data node "data": that fits.'
    )
    assert not forecast.fits
    assert describe_forecast(forecast) == (
        'It will not fit: 2.0 GB are free. Set batch_size to 16 in the Data node "data": that fits.'
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "less than a second"),
        (42, "about 42 s"),
        (200, "about 3 min"),
        (2 * 3600, "about 2.0 h"),
        (5e5, "about 5.8 days"),
    ],
)
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert tell_time(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 B"), (3000, "3 kB"), (6.4e8, "640 MB"), (1.44e9, "1.4 GB"), (2e10, "20 GB")]
)
def test_memory_in_words(count: float, words: str) -> None:
    assert tell_memory(count) == words
