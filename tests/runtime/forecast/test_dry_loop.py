"""A dry run ends once its steps were seen for long enough, and says which step it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.forecast import dry_loop
from runtime.forecast.dry_loop import Enough


class Clock:
    """Time that passes only where it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(dry_loop.time, "perf_counter", lambda: self.now)


@pytest.mark.parametrize(("seconds", "steps"), [(60.0, 2), (3.1, 2), (2.5, 3), (0.5, 6)])
def test_the_slower_steps_are_the_fewer_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, steps: int
) -> None:
    clock, told = Clock(monkeypatch), list[str]()
    enough = Enough(tmp_path / "control", told.append)
    enough.begin()
    taken = 0
    while enough() == "run":
        taken += 1
        clock.now += seconds
    assert taken == steps


def test_it_is_said_which_step_is_taken_of_how_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(monkeypatch), list[str]()
    enough = Enough(tmp_path / "control", told.append)
    enough.begin()
    enough.rows = 1617
    while enough() == "run":
        clock.now += 5.0
    assert told == ["step 1 of 3 with batches of 1,617", "step 2 of 3 with batches of 1,617"]


def test_quick_steps_are_not_all_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, told = Clock(monkeypatch), list[str]()
    enough = Enough(tmp_path / "control", told.append)
    enough.begin()
    while enough() == "run":
        clock.now += 0.001
    assert 10 < len(told) < 40
