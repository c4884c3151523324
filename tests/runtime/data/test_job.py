from __future__ import annotations

from threading import Event

import pytest

from runtime.data.errors import DataError
from runtime.data.job import Job


def test_a_job_gives_its_result_and_tells_its_progress():
    job = Job(lambda report: (report("counting", 0.5), 42)[1])
    assert job.wait(5)
    assert (job.result, job.error, job.doing, job.done) == (42, None, "counting", 0.5)


def test_a_stopped_job_ends_at_its_next_report():
    begun, go_on = Event(), Event()

    def work(report):
        begun.set()
        go_on.wait(5)
        report("more", 0.9)
        return 1

    job = Job(work)
    assert begun.wait(5)
    assert not job.wait(0.01)
    job.stop()
    go_on.set()
    assert job.wait(5)
    assert job.result is None
    assert job.error == "Stopped. Nothing was changed."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (DataError("The file is gone.", "Put it back."), "The file is gone. Put it back."),
        (MemoryError(), "This data does not fit into memory."),
        (ZeroDivisionError("internal"), "Something went wrong here"),
    ],
)
def test_what_goes_wrong_in_a_job_is_told_in_a_sentence(error, sentence):
    def work(report):
        raise error

    job: Job[None] = Job(work)
    assert job.wait(5)
    assert job.error is not None
    assert job.error.startswith(sentence)
    assert "internal" not in job.error
