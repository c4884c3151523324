"""Trials find out how much a batch takes without ever taking long: of a huge one they try as much as there is time for."""

from __future__ import annotations

import pytest
import torch

from builder.document import Project
from runtime.data.prepare import prepare
from runtime.forecast.trials import LONGEST_STEP_SECONDS, TRIAL_SECONDS, TRIAL_STEPS, Trials
from runtime.runs.project_file import change_project, read_project
from runtime.session import with_facts

ROWS = 120
"""Of iris there are so many to train with."""
KILOBYTE = 1000.0


class Pretended(Trials):
    """Trials of steps that take as long, and as much memory, as is said."""

    per_row = 0.0

    def take_steps(self, rows: int) -> float:
        """Pretend to take steps."""
        self.tried = [*getattr(self, "tried", []), rows]
        self.seconds = 0.01 + self.per_row * rows
        self.kept = 7 * KILOBYTE + rows * KILOBYTE
        return 50 * KILOBYTE + rows * KILOBYTE


def pretend(batch: int, per_row: float) -> Pretended:
    project: Project = change_project(read_project("mlp_iris"), [f"training.data.batch_size={batch}"])
    prepared = prepare(project)
    made = Pretended(with_facts(project, prepared), prepared, torch.device("cpu"), lambda doing: None)
    made.per_row = per_row
    return made


def test_a_quick_batch_is_compared_with_its_half_and_measured_whole(home: object) -> None:
    quick = pretend(64, per_row=0.0)
    quick.approach()
    assert (quick.fewer, quick.choose_rows()) == (32, 64)


@pytest.mark.parametrize("per_row", [0.1, 0.5, 4.0, 100.0])
def test_no_trial_of_a_slow_batch_takes_long(home: object, per_row: float) -> None:
    slow = pretend(100, per_row)
    slow.approach()
    taken = [TRIAL_STEPS * (0.01 + per_row * rows) for rows in slow.tried[1:]]
    assert all(seconds <= 1.1 * TRIAL_SECONDS for seconds in taken)
    chosen = slow.choose_rows()
    assert slow.fewer <= chosen < 100
    assert chosen == slow.fewer or chosen * per_row <= LONGEST_STEP_SECONDS


def test_what_is_measured_with_fewer_rows_grows_by_the_tensors_of_a_row(home: object) -> None:
    slow = pretend(100, per_row=0.5)
    less = slow.approach()
    rows = slow.choose_rows()
    kept_beside = 900 * KILOBYTE
    growth = slow.compare(less, rows, kept_beside + rows * KILOBYTE)
    assert growth.row == pytest.approx(KILOBYTE)
    assert growth.at(100) == pytest.approx(kept_beside + 100 * KILOBYTE)


def test_a_batch_of_more_rows_than_there_are_is_a_batch_of_all(home: object) -> None:
    large = pretend(4 * ROWS, per_row=0.0)
    large.approach()
    assert (large.rows, large.most, large.fewer) == (ROWS, ROWS, ROWS // 2)


def test_the_tensors_of_a_row_are_counted_whatever_the_batch_is(home: object) -> None:
    project = read_project("mnist_cnn")
    prepared = prepare(project)
    counted = Trials(with_facts(project, prepared), prepared, torch.device("cpu"), lambda doing: None)
    kept = []
    for rows in (2, 4, 8):
        counted.take_steps(rows)
        kept.append(counted.kept)
    assert kept[2] - kept[1] == pytest.approx(2 * (kept[1] - kept[0]), rel=0.02)
    assert kept[1] > kept[0] > 0
