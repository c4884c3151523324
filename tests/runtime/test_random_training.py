"""What the check accepts runs, trains, and is printed as source that computes the same."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.document import Project
from builder.rules import check
from tests.builder.random_graphs import grow_project
from tests.runtime.random_running import run_network, run_source, run_steps


def accepts(project: Project) -> bool:
    return not any(finding.severity == "error" for finding in check(project))


def assert_it_holds(project: Project) -> None:
    """Run, compare with the printed source bit for bit, and train."""
    assert accepts(project)
    for rows in (1, 3):
        network, inputs, outputs = run_network(project, rows)
        for output, printed in zip(outputs, run_source(project, network, inputs), strict=True):
            assert torch.equal(output, printed) or torch.equal(output.isnan(), printed.isnan())
    logs = run_steps(project)
    assert "loss" in logs[-1]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_accepted_runs_trains_and_is_printed_alike(seed: int) -> None:
    assert_it_holds(grow_project(Random(seed)))


@pytest.mark.slow
def test_what_is_accepted_trains_whatever_kinds_it_is_made_of() -> None:
    used: Counter[str] = Counter()
    for seed in range(600):
        assert_it_holds(grow_project(Random(seed), used))
