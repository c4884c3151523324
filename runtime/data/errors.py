"""What is told when data cannot be used."""

from __future__ import annotations


class DataError(Exception):
    """Data cannot be used: which data and what is wrong with it, in a sentence for a person, and what helps."""

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(f"{reason} {advice}".strip())
        self.reason = reason
