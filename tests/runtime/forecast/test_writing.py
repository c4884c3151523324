"""A forecast reckons with networks that have learned where texts end."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from runtime.data.prepare import prepare
from runtime.forecast.writing import expect_ends, find_longest
from runtime.runs.project_file import change_project, read_project
from runtime.session import Session
from tests.runtime.runs.conftest import home as home  # noqa: PLC0414 - a fixture


@pytest.mark.parametrize(("wish", "expected"), [(40, "longest"), (3, 3)])
def test_nobody_is_expected_to_write_more_than_the_longest_text(home: Path, wish: int, expected: int | str) -> None:
    project = change_project(read_project("seq2seq_attention"), [f"training.decode.length={wish}"])
    prepared = prepare(project)
    texts = [tensors["french_lengths"] for tensors in prepared["main"].parts.values()]
    longest = max(int(lengths.max()) for lengths in texts)
    session = Session.create(project, prepared, torch.device("cpu"))
    expect_ends(session)
    assert longest < 40
    assert session.machinery.modules["decode"].length == (longest if expected == "longest" else expected)


def test_where_nothing_is_written_nothing_changes(home: Path) -> None:
    project = read_project("linear_regression")
    session = Session.create(project, prepare(project), torch.device("cpu"))
    expect_ends(session)
    assert find_longest(session) == 0
