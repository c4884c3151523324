"""Work beside pages is found again, is not begun twice, and is forgotten when much has come since."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from runtime.data.located import Report
from ui import jobs
from ui.jobs import Jobs


@pytest.fixture
def made() -> Iterator[Jobs[str, int]]:
    """No work yet."""
    made: Jobs[str, int] = Jobs(ValueError)
    yield made
    made.clear()


def finish(made: Jobs[str, int], key: str) -> None:
    """Wait for a piece of work."""
    job = made.find(key)
    assert job is not None and job.wait(20)


def work_on(report: Report) -> int:
    """Something that goes on until it is stopped."""
    while True:
        report("working", 0.5)
        threading.Event().wait(0.01)


def test_a_result_is_found_by_what_it_was_made_for(made: Jobs[str, int]) -> None:
    made.begin("one", lambda report: 1)
    finish(made, "one")
    found = made.find("one")
    assert found is not None and found.result == 1 and made.find("two") is None


def test_what_goes_on_is_not_begun_twice_and_what_has_ended_is(made: Jobs[str, int]) -> None:
    made.begin("one", work_on)
    first = made.find("one")
    made.begin("one", lambda report: 2)
    assert first is not None and made.find("one") is first
    made.stop_all()
    assert first.wait(20) and made.find("one") is None
    made.begin("one", lambda report: 3)
    finish(made, "one")
    made.begin("one", lambda report: 4)
    finish(made, "one")
    found = made.find("one")
    assert found is not None and found.result == 4


def test_a_refusal_is_told_in_its_own_words(made: Jobs[str, int]) -> None:
    def refuse(report: Report) -> int:
        raise ValueError("There is no such thing.")

    made.begin("one", refuse)
    finish(made, "one")
    found = made.find("one")
    assert found is not None and found.error == "There is no such thing."


def test_old_work_is_forgotten_and_what_goes_on_is_not(made: Jobs[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_JOBS", 2)
    made.begin("0", work_on)
    for number in range(1, 5):
        made.begin(str(number), lambda report: 0)
        finish(made, str(number))
    assert list(made.known) == ["0", "4"]
