"""Two courses of a step as one: what they share stands outside the branches."""

from __future__ import annotations

import pytest

from builder.codegen.branches import join_branches, lines_of

A, B, C, D = (("a()",), ("b()",), ("c()",), ("d()",))
NESTED = ("if late:", "    d()")


@pytest.mark.parametrize(
    ("yes", "no", "expected"),
    [
        ([A, B], [A, B], ["a()", "b()"]),
        ([A, B, C], [A, C], ["a()", "if due:", "    b()", "c()"]),
        ([A, C], [A, B, C], ["a()", "if not (due):", "    b()", "c()"]),
        ([A, B, D], [A, C, D], ["a()", "if due:", "    b()", "else:", "    c()", "d()"]),
        ([A], [NESTED], ["if due:", "    a()", "elif late:", "    d()"]),
        ([A], [B, NESTED], ["if due:", "    a()", "else:", "    b()", "    if late:", "        d()"]),
        ([A, A], [A], ["a()", "if due:", "    a()"]),
        ([], [], []),
    ],
)
def test_shared_statements_are_printed_once_and_in_order(yes, no, expected):
    assert lines_of(join_branches("due", yes, no)) == expected


@pytest.mark.parametrize("is_due", [True, False])
@pytest.mark.parametrize("yes", [[], [A], [A, B], [B, A, B], [A, C, B]])
@pytest.mark.parametrize("no", [[], [A], [A, B], [B, B], [C, A, C, B]])
def test_the_joined_statements_do_what_either_course_does(is_due, yes, no):
    done: list[str] = []
    names = {name: (lambda name=name: done.append(name)) for name in "abc"}
    exec("\n".join(lines_of(join_branches("due", yes, no))), {**names, "due": is_due})
    assert done == [statement[0][0] for statement in (yes if is_due else no)]
