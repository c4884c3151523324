"""Texts and phrases that come along: right as language, honest about where they come from."""

from __future__ import annotations

import platform

import pytest

from builder.document import Origin
from runtime.data.embedded import open_embedded
from runtime.data.embedded_language import count_in_english, count_in_french
from runtime.data.errors import DataError
from runtime.data.sources import locate_origin


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [
        (16, "sixteen", "seize"),
        (21, "twenty-one", "vingt et un"),
        (71, "seventy-one", "soixante et onze"),
        (80, "eighty", "quatre-vingts"),
        (81, "eighty-one", "quatre-vingt-un"),
        (96, "ninety-six", "quatre-vingt-seize"),
        (101, "one hundred and one", "cent un"),
        (200, "two hundred", "deux cents"),
        (280, "two hundred and eighty", "deux cent quatre-vingts"),
        (1999, "one thousand nine hundred and ninety-nine", "mille neuf cent quatre-vingt-dix-neuf"),
        (2049, "two thousand and forty-nine", "deux mille quarante-neuf"),
    ],
)
def test_numbers_are_words(number: int, english: str, french: str) -> None:
    assert (count_in_english(number), count_in_french(number)) == (english, french)


def test_no_phrase_comes_twice_and_a_seed_gives_the_same_ones() -> None:
    first, again, other = (open_embedded("phrases", {"count": 400, "seed": seed}).columns for seed in (0, 0, 1))
    assert len(set(first["en"])) == 400
    assert list(first["fr"]) == list(again["fr"]) != list(other["fr"])


def test_what_python_says_of_itself_is_as_long_as_it_is_wanted() -> None:
    few, all_of_it = ("\n".join(open_embedded("python_docs", options).columns["text"])
                      for options in ({"characters": 50_000}, {}))  # fmt: skip
    assert abs(len(few) - 50_000) <= 1
    assert all_of_it.startswith(few)
    assert 400_000 < len(all_of_it) <= 460_000


def test_a_text_that_differs_between_versions_of_python_is_known_by_the_version() -> None:
    found = {name: locate_origin(Origin(kind="embedded", name=name)).fingerprint for name in ("python_docs", "phrases")}
    assert platform.python_version() in found["python_docs"]
    assert platform.python_version() not in found["phrases"]


@pytest.mark.parametrize(("name", "options"), [("python_docs", {"characters": 10}), ("phrases", {"count": 1})])
def test_sizes_without_sense_are_told(name: str, options: dict[str, int]) -> None:
    with pytest.raises(DataError, match="must lie between"):
        open_embedded(name, options)
