"""What is told when data cannot be used."""

from __future__ import annotations


class DataError(Exception):
    """Data cannot be used. The message is one sentence for a person: which data, what is wrong, what helps."""
