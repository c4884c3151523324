"""Work beside pages that every tab finds again: one piece for each thing that it is done for, and how the last ones ended."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from runtime.data.job import Job
from runtime.data.located import Report

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")
MOST_JOBS = 50
"""How many pieces of work are remembered, for their results and the sentence that says how they ended."""


class Jobs(Generic[Key, Result]):
    """Pieces of work by what they are done for, whoever began them.

    Args:
        expected: errors whose texts are sentences for people.
    """

    def __init__(self, *expected: type[Exception]) -> None:
        self.expected = expected
        self.known: dict[Key, Job[Result]] = {}
        self.guard = Lock()

    def find(self, key: Key) -> Job[Result] | None:
        """The work that was begun last for something; None where there was none."""
        with self.guard:
            return self.known.get(key)

    def begin(self, key: Key, work: Callable[[Report], Result]) -> None:
        """Begin a piece of work, unless it goes on already. What was done longest ago is forgotten."""
        with self.guard:
            job = self.known.get(key)
            if job is not None and job.is_running:
                return
            self.known.pop(key, None)
            self.known[key] = Job(work, self.expected)
            done = [key for key, job in self.known.items() if not job.is_running]
            for old in done[: max(0, len(self.known) - MOST_JOBS)]:
                del self.known[old]

    def stop_all(self) -> None:
        """End and forget what goes on."""
        with self.guard:
            for key, job in list(self.known.items()):
                if job.is_running:
                    job.stop()
                    del self.known[key]

    def clear(self) -> None:
        """End what goes on and forget everything."""
        self.stop_all()
        with self.guard:
            self.known.clear()
