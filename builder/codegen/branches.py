"""Joins what is printed for a condition that holds and for one that does not: what both share is printed once."""

from __future__ import annotations

from itertools import takewhile

from builder.codegen.printing import indented

Statement = tuple[str, ...]
"""The lines of one statement."""


def join_branches(condition: str, yes: list[Statement], no: list[Statement]) -> list[Statement]:
    """The statements that do ``yes`` where a condition holds, else ``no``."""
    before = count_equal(yes, no)
    after = count_equal(yes[before:][::-1], no[before:][::-1])
    first, second = yes[before : len(yes) - after], no[before : len(no) - after]
    joined = [print_branch(condition, first, second)] if first or second else []
    return [*yes[:before], *joined, *yes[len(yes) - after :]]


def print_branch(condition: str, yes: list[Statement], no: list[Statement]) -> Statement:
    """An ``if`` with what is done in either case; a single ``if`` under ``else`` becomes ``elif``."""
    if not yes:
        return (f"if not ({condition}):", *indented(lines_of(no)))
    head = (f"if {condition}:", *indented(lines_of(yes)))
    if len(no) == 1 and no[0][0].startswith("if "):
        return (*head, f"el{no[0][0]}", *no[0][1:])
    return (*head, "else:", *indented(lines_of(no))) if no else head


def count_equal(first: list[Statement], second: list[Statement]) -> int:
    """How many statements two lists begin with together."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False)))


def lines_of(statements: list[Statement]) -> list[str]:
    """All lines, one statement after the other."""
    return [line for statement in statements for line in statement]
