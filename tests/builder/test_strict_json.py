"""One reader for every JSON that is handed in: values within bounds, or one sentence."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.strict_json import DEEPEST, MOST_VALUES, JsonError, check_values, parse_json

ATOMS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    ATOMS | st.text(), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def refusal(text: str, **settings: Any) -> str:
    with pytest.raises(JsonError) as caught:
        parse_json(text, **settings)
    return str(caught.value)


@given(VALUES)
def test_what_json_writes_is_read_as_it_was(value: Any) -> None:
    assert parse_json(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("{'a': 1}", "damaged at line 1, column 2"),
        ("hello", 'it starts with "hello"'),
        ('{"a": 1, "b": ', "breaks off at line 1, column 15"),
        ('{"a": "b', "breaks off at line 1, column 7"),
        ('{"a": 1, "a": 1}', 'names "a" twice'),
        ('[[{"x": {"y": 1, "z": 2, "y": 3}}]]', 'names "y" twice'),
        ('{"a": NaN}', "holds NaN"),
        ("[-Infinity]", "holds -Infinity"),
        ("[1e400]", "too large to compute with"),
        ("[-1e400]", "too large to compute with"),
        (f"[{2**64}]", "more than 64 bits"),
        (f"[-{2**64}]", "more than 64 bits"),
        ("[" + "9" * 100_000 + "]", "more than 64 bits"),
        (r'["\ud800"]', "half of a character"),
        (r'{"\udfff": 1}', "half of a character"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested more than 60"),
        ("[" * 500_000, "nested more than 60"),
        ('{"a":' * 100_000, "nested more than 60"),
        ("[" + "{}," * MOST_VALUES, "more than 1,000,000 values"),
    ],
    ids=lambda text: repr(text[:24]),
)
def test_everything_else_gets_one_sentence_in_a_second(text: str, words: str) -> None:
    start = process_time()
    sentence = refusal(text, what="What was sent")
    assert process_time() - start < 1
    assert (
        words in sentence and sentence.startswith("What was sent ") and sentence.endswith(".") and "\n" not in sentence
    )


def test_what_is_within_bounds_is_taken() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert parse_json(deep) == json.loads(deep)
    assert parse_json(f'[{2**64 - 1}, -1e308, "😀 \\u202e", 0.1]') == [2**64 - 1, -1e308, "😀 \u202e", 0.1]


def test_the_number_of_values_is_for_the_caller_to_say() -> None:
    assert parse_json("[1, 2, 3]", most_values=3) == [1, 2, 3]
    assert "more than 3 values" in refusal("[1, 2, 3, 4]", most_values=3)


def test_a_long_name_that_stands_twice_is_said_briefly() -> None:
    name = "x" * 100_000
    assert len(refusal(f'{{"{name}": 1, "{name}": 2}}')) < 200


def test_what_was_parsed_elsewhere_is_checked_alike() -> None:
    with pytest.raises(JsonError, match="nested"):
        check_values(json.loads("[" * 100 + "]" * 100))
    with pytest.raises(JsonError, match="64 bits"):
        check_values({"a": [2**70]})
