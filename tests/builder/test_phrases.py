"""Words for people."""

from __future__ import annotations

from typing import Any

import pytest

from builder.document import Origin
from builder.phrases import name_origin


@pytest.mark.parametrize(
    ("kind", "name", "called"),
    [
        ("embedded", "digit_masks", "digit masks"),
        ("hub", "ylecun/mnist", "ylecun/mnist"),
        ("folder", "uploads/red-cells-1a2b3c4d", "red-cells"),
        ("file", "uploads/wine-quality-0123abcd.csv", "wine-quality.csv"),
        ("file", "mine/wine-0123abcd.csv", "mine/wine-0123abcd.csv"),
    ],
)
def test_a_data_set_is_called_as_people_know_it(kind: Any, name: str, called: str) -> None:
    assert name_origin(Origin(kind=kind, name=name)) == called
