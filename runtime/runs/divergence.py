"""Whether a run ended because what it learned was lost: then nothing is gained by going on from where it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.runs.folder import RunFolder
from runtime.runs.store import open_run, read_ended


def has_diverged(folder: RunFolder) -> bool:
    """Whether a run failed because a loss was no finite number any more."""
    with open_run(folder) as connection:
        ended = read_ended(connection)
    return ended is not None and is_divergence(ended)


def is_divergence(ended: Mapping[str, Any]) -> bool:
    """Whether an end as it is recorded is that of a loss that was no number: such a number is recorded as none."""
    losses: Mapping[str, Any] = ended["metrics"].get("train") or {}
    return bool(ended["status"] == "failed" and any(value is None for value in losses.values()))
