"""The embedded series and the tables that a program makes are what their descriptions say."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.data.embedded import open_embedded
from runtime.data.errors import DataError


def test_co2_is_weekly_and_has_gaps():
    table = open_embedded("co2", {})
    values = table.columns["co2"]
    assert len(table) == 2284 and np.isnan(values).sum() == 59
    days = np.array(table.columns["date"].tolist(), dtype="datetime64[D]")
    assert set(np.diff(days).astype(int)) == {7}
    assert 310 < np.nanmin(values) < np.nanmax(values) < 380


def test_sunspots_rise_and_fall_in_about_eleven_years():
    table = open_embedded("sunspots", {})
    years, spots = table.columns["year"], table.columns["sunspots"]
    assert years.tolist() == list(range(1700, 2009))
    power = np.abs(np.fft.rfft(spots - spots.mean()))
    assert len(spots) / power.argmax() == pytest.approx(11, abs=0.3)


def test_ratings_have_more_in_them_than_how_people_and_films_are_in_general():
    table = open_embedded("ratings", {})
    user, title, rating = (table.columns[name] for name in ("userId", "title", "rating"))
    assert len(set(zip(user.tolist(), title.tolist(), strict=True))) == len(table) == 12_000
    assert set(rating.tolist()) == {half / 2 for half in range(1, 11)}
    numbers = np.unique(title, return_inverse=True)[1]
    places = np.zeros((len(rating), 500))
    places[np.arange(len(rating)), user - 1] = places[np.arange(len(rating)), 200 + numbers] = 1
    left = rating - places @ np.linalg.lstsq(places, rating, rcond=None)[0]
    grid = np.zeros((200, 300))
    grid[user - 1, numbers] = left
    strengths = np.linalg.svd(grid, compute_uv=False)
    assert strengths[2] > 1.3 * strengths[3]


def test_credit_is_imbalanced_and_can_be_told_from_its_columns():
    table = open_embedded("credit", {})
    bad = table.columns["Status"] == "bad"
    assert 0.15 < bad.mean() < 0.35
    assert bad[table.columns["Records"] == "yes"].mean() > 1.5 * bad[table.columns["Records"] == "no"].mean()
    again = open_embedded("credit", {"seed": 1})
    assert not np.array_equal(again.columns["Income"], table.columns["Income"])


@pytest.mark.parametrize("options", [{"count": 1}, {"count": 10**9}, {"count": "many"}])
def test_a_size_that_makes_no_sense_is_refused(options):
    with pytest.raises(DataError, match="cannot be made"):
        open_embedded("credit", options)
