"""Where a run trains it is told how it ended, also where its folder could not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.runs.devices import Devices
from runtime.runs.disk import FULL
from runtime.runs.executors import ThreadExecution
from runtime.runs.worker import Outcome
from tests.runtime.runs.made import make_folder


@pytest.mark.parametrize("is_recorded", [True, False])
def test_an_end_that_a_thread_could_not_record_is_told_to_who_started_it(
    home: Path, monkeypatch: pytest.MonkeyPatch, is_recorded: bool
) -> None:
    outcome = Outcome("failed", FULL.reason, FULL.advice, is_recorded=is_recorded)
    monkeypatch.setattr("runtime.runs.worker.work", lambda *given, **named: outcome)
    slot = Devices(home, ("cpu",)).take("cpu", "a run")
    assert slot is not None
    with slot:
        ended = ThreadExecution().run(make_folder(home), slot)
    assert ended == (None if is_recorded else outcome.as_ended())
