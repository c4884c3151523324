"""What can go wrong with a run in a way that a person can mend. Every text is a sentence for people."""

from __future__ import annotations


class RunError(Exception):
    """A run cannot do what was asked of it. The text says why, and what would help."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
        self.advice = advice


class RunNotFound(RunError):
    """There is no run of that name."""


class RunBusy(RunError):
    """Somebody else is working on the run."""


class RunRefused(RunError):
    """The project has errors, so it is not started."""


class DamagedCheckpoint(RunError):
    """A checkpoint cannot be trusted."""
