"""Work that is done for one person after the other: several at once would take the machine from what trains."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from runtime.runs.errors import RunError

PATIENCE_SECONDS = 120.0


class Turns:
    """Lets one in at a time.

    Args:
        doing: what is being done, for the sentence to whoever waits too long.
    """

    def __init__(self, doing: str) -> None:
        self.doing, self.lock = doing, threading.Lock()

    @contextmanager
    def take(self) -> Iterator[None]:
        """Wait for the turn and keep it. Raises RunError where somebody else keeps it for too long."""
        if not self.lock.acquire(timeout=PATIENCE_SECONDS):
            raise RunError(f"{self.doing} is still going on for somebody else. Ask again when that is over.")
        try:
            yield
        finally:
            self.lock.release()
