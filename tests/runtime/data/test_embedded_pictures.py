"""Drawn and cut pictures are the same every time, and what is said of them is true."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from runtime.data.embedded import open_embedded
from runtime.data.embedded_pictures import DIRECTIONS
from runtime.data.errors import DataError

SMALL: dict[str, dict[str, Any]] = {
    "scenes": {"count": 20},
    "shapes": {"count": 20, "style": "striped"},
    "photo_patches": {"size": 64},
    "moving_digits": {"count": 20},
    "orders": {},
}


@pytest.mark.parametrize("name", SMALL)
def test_a_set_is_the_same_every_time(name: str) -> None:
    first, second = (open_embedded(name, SMALL[name]) for _ in range(2))
    assert all(np.array_equal(np.asarray(first.columns[c]), np.asarray(second.columns[c])) for c in first.columns)


@pytest.mark.parametrize("name", ["scenes", "shapes", "moving_digits", "orders"])
def test_another_seed_gives_other_samples(name: str) -> None:
    first, second = (open_embedded(name, {**SMALL[name], "seed": seed}) for seed in (0, 1))
    assert any(not np.array_equal(np.asarray(first.columns[c]), np.asarray(second.columns[c])) for c in first.columns)


def test_a_scene_has_the_colours_of_its_things_and_a_sketch_of_ink_on_paper() -> None:
    table = open_embedded("scenes", {"count": 60})
    sketch, picture = (np.asarray(table.columns[name]) for name in ("sketch", "picture"))
    assert sketch.shape == (60, 32, 32)
    assert picture.shape == (60, 32, 32, 3)
    assert (sketch > 200).mean() > 0.6
    assert (sketch < 150).mean(axis=(1, 2)).min() > 0.02
    is_red = (picture[..., 0] > 180) & (picture[..., 1] < 80)
    assert 0.4 < is_red.any(axis=(1, 2)).mean() < 0.9


def test_shapes_are_plain_or_striped_on_the_same_ground() -> None:
    plain, striped = (
        np.asarray(open_embedded("shapes", {"count": 40, "style": style}).columns["image"]).astype(int)
        for style in ("plain", "striped")
    )
    ground = np.array((190, 225, 235))
    for pictures in (plain, striped):
        share = (abs(pictures - ground).sum(-1) > 30).mean(axis=(1, 2))
        assert share.min() > 0.03 and share.max() < 0.6
    jumps = [abs(np.diff(pictures, axis=1)).mean() for pictures in (plain, striped)]
    assert jumps[1] > 2 * jumps[0]


def test_photographs_are_cut_into_squares_that_show_something_and_do_not_overlap() -> None:
    patches = np.asarray(open_embedded("photo_patches", {}).columns["image"])
    assert patches.shape == (359, 32, 32, 3)
    assert len({patch.tobytes() for patch in patches}) == 359


def test_a_film_shows_one_digit_that_goes_its_way() -> None:
    table = open_embedded("moving_digits", {"count": 80, "size": 16, "frames": 5})
    films, ways = np.asarray(table.columns["film"]).reshape(80, 16, 5, 16), np.asarray(table.columns["direction"])
    for film, way in zip(films.transpose(0, 2, 1, 3), ways, strict=True):
        step = list(DIRECTIONS.values())[way]
        assert film[0].any()
        assert all(np.array_equal(np.roll(a, step, (0, 1)), b) for a, b in pairwise(film))
        assert len({int(frame.sum()) for frame in film}) == 1


def test_what_becomes_of_an_order_takes_the_picture_and_the_row() -> None:
    from sklearn.datasets import load_digits

    table = open_embedded("orders", {})
    stock, price, budget, outcome = (np.asarray(table.columns[c]) for c in ("stock", "price", "budget", "outcome"))
    pieces = load_digits().target
    assert np.array_equal(outcome == 1, pieces > stock)
    assert np.array_equal(outcome == 2, (pieces <= stock) & (pieces * price > budget))
    assert np.bincount(outcome).min() > 200


def test_some_of_the_digits_are_told_apart_from_the_others() -> None:
    whole, first, rest = (
        open_embedded("digits", options) for options in ({}, {"count": 600}, {"skip": 600, "count": 1797})
    )
    for column in ("image", "label"):
        joined = np.concatenate([np.asarray(part.columns[column]) for part in (first, rest)])
        assert np.array_equal(joined, np.asarray(whole.columns[column]))


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("shapes", {"style": "dotted"}, "must be plain or striped"),
        ("moving_digits", {"frames": 40}, "frames is 40"),
        ("moving_digits", {"size": 8, "frames": 3}, "must lie between"),
        ("scenes", {"size": 4}, "must lie between 8 and 256"),
        ("scenes", {"count": 1}, "must lie between 2"),
        ("digits", {"skip": 1796}, "skip is 1796"),
    ],
)
def test_options_that_make_no_sense_are_told(name: str, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        open_embedded(name, options)
