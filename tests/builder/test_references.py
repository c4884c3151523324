"""References and their arithmetic."""

from __future__ import annotations

import pytest

from builder.references import UnresolvedReference, resolve, weight_scope

SCOPE = {"classes": 10, "channels": 3, "shape": [1, 28, 28], "other.classes": 4}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$classes", 10),
        ("$shape", [1, 28, 28]),
        ("$channels * 2", 6),
        ("($classes + 2) // 3", 4),
        ("$other.classes - 1", 3),
        ("-$channels", -3),
        ("plain text", "plain text"),
    ],
)
def test_a_reference_becomes_what_it_names(text, value):
    assert resolve(text, SCOPE) == value


def test_references_inside_lists_and_objects_are_resolved():
    assert resolve({"a": ["$classes", 1]}, SCOPE) == {"a": [10, 1]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("$nothing", "is not known here"),
        ("$classes ** 9", "only names"),
        ("__import__('os') + $classes", "only names"),
        ("$classes.real + 1", "is not known here"),
        ("$shape * 2", "only names"),
        ("$classes // 0", "divides by zero"),
        ("$classes * 1000000000", "comes to more than"),
        ("$classes +", "is not an expression"),
        ("(" * 50 + "$classes" + ")" * 50 + "+ 1" + "-1" * 30, "nested too deeply"),
        ("$classes + " + "1" * 300, "longer than"),
    ],
)
def test_what_is_not_a_reference_is_refused_with_a_reason(text, reason):
    with pytest.raises(UnresolvedReference, match=reason.replace("(", r"\(")):
        resolve(text, SCOPE)


@pytest.mark.parametrize(
    ("counts", "scope"),
    [
        ((20, 60), {"class_weights": [2.0, 0.666667], "positive_weight": 0.333333}),
        ((30, 10), {"class_weights": [0.666667, 2.0], "positive_weight": 3.0}),
        ((5, 10, 15), {"class_weights": [2.0, 1.0, 0.666667]}),
        ((7, 7, 7, 7), {"class_weights": [1.0, 1.0, 1.0, 1.0]}),
        ((10, 0, 30), {"class_weights": [2.0, 1.0, 0.666667]}),
        ((4, 0), {"class_weights": [1.0, 1.0]}),
        ((0, 0), {}),
        ((), {}),
    ],
)
def test_weights_let_every_class_that_occurs_count_the_same(counts, scope):
    assert weight_scope(counts) == scope
