from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from builder.ids import LONGEST, MODULE_NAMES, find_fault, is_legal, suggest_id


@pytest.mark.parametrize("id", ["conv1", "fc_2", "x_", "X", "a" * LONGEST])
def test_an_identifier_that_nobody_owns_is_legal(id: str) -> None:
    assert is_legal(id)


@pytest.mark.parametrize(
    ("id", "why"),
    [
        ("", "at least one letter"),
        ("a" * (LONGEST + 1), "81 characters"),
        ("3x3", "does not start with a digit"),
        ("my node", "letters a to z"),
        ("größe", "letters a to z"),
        ("conv1\n", "letters a to z"),
        ("__class__", "belong to Python"),
        ("_modules", "belong to Python and PyTorch"),
        ("class", "word of the Python language"),
        ("forward", "every PyTorch module"),
        ("type", "every PyTorch module"),
        ("training", "every PyTorch module"),
        ("torch", "exported code"),
    ],
)
def test_an_illegal_id_comes_with_the_reason(id: str, why: str) -> None:
    assert why in (find_fault(id) or "")


def test_every_public_name_of_a_module_is_reserved() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= MODULE_NAMES


@given(st.text(max_size=100), st.sets(st.text(max_size=10), max_size=5))
def test_a_suggestion_is_legal_and_free(wish: str, taken: set[str]) -> None:
    suggestion = suggest_id(wish, taken)
    assert is_legal(suggestion)
    assert suggestion not in taken
    assert is_legal(suggest_id(wish, taken | {suggestion}))


def test_suggestions_are_short_and_readable() -> None:
    assert suggest_id("Conv2d") == "conv2d"
    assert suggest_id("Conv2d", {"conv2d"}) == "conv2d_2"
    assert suggest_id("3x3 conv") == "n3x3_conv"
    assert suggest_id("class") == "class_1"
