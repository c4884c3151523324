"""What differs between the run that began and the one that goes on."""

from __future__ import annotations

from typing import Any

import pytest

from builder.document import Project
from runtime.runs.environment import compare_data

LABEL = {"kind": "category", "classes": ["x", "y"], "class_counts": [30, 10]}


def learn_from(label: dict[str, Any], fingerprint: str = "a") -> Project:
    facts = {"fields": {"label": label}, "counts": {"train": 40}, "fingerprint": fingerprint}
    return Project.model_validate({"data": {"main": {"origins": [], "fields": {}, "facts": facts}}})


def test_what_was_not_counted_when_a_run_began_has_not_changed() -> None:
    uncounted = {key: value for key, value in LABEL.items() if key != "class_counts"}
    assert compare_data(learn_from(uncounted), learn_from(LABEL)) == ""
    assert compare_data(learn_from(LABEL), learn_from(LABEL)) == ""


@pytest.mark.parametrize(
    "current",
    [
        learn_from(LABEL, "b"),
        learn_from({**LABEL, "class_counts": [29, 11]}),
        learn_from({**LABEL, "classes": ["x", "z"]}),
    ],
)
def test_other_samples_are_told(current: Project) -> None:
    assert compare_data(learn_from(LABEL), current).startswith('The data of "main" changed since the run began')
