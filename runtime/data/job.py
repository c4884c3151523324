"""Work in a thread of its own, with progress and a way to stop it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Generic, TypeVar

from runtime.data.errors import DataError
from runtime.data.located import Report

Result = TypeVar("Result")


class Stopped(Exception):
    """Raised inside the work when nobody wants its result any more."""


class Job(Generic[Result]):
    """One piece of work: what it is doing, how far it is, and in the end its result or a sentence.

    Args:
        work: gets a function to report its progress with, and returns the result.
        expected: errors whose texts are sentences for people; of any other only the terminal is told.
    """

    def __init__(self, work: Callable[[Report], Result], expected: tuple[type[Exception], ...] = (DataError,)) -> None:
        self._expected = expected
        self.doing, self.done = "starting", 0.0
        self.result: Result | None = None
        self.error: str | None = None
        self._stop = Event()
        self._thread = Thread(target=self._run, args=(work,), name="data", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether the work goes on."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait for the end, but not longer than that; return whether it has come."""
        self._thread.join(seconds)
        return not self.is_running

    def stop(self) -> None:
        """End the work at its next report of progress. What it has half-done is thrown away."""
        self._stop.set()

    def _report(self, doing: str, done: float) -> None:
        if self._stop.is_set():
            raise Stopped
        self.doing, self.done = doing, min(max(done, 0.0), 1.0)

    def _run(self, work: Callable[[Report], Result]) -> None:
        try:
            self.result = work(self._report)
        except Stopped:
            self.error = "Stopped. Nothing was changed."
        except self._expected as error:
            self.error = str(error)
        except MemoryError:
            self.error = (
                "This data does not fit into memory. Give pictures a smaller size or limit the number of samples."
            )
        except Exception:
            logging.getLogger(__name__).exception("Work beside the page failed")
            self.error = "Something went wrong here that should not; the terminal that runs Layerloom tells what."
