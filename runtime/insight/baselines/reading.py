"""Finds again what a run was compared with. Light: the page of a run reads it each time."""

from __future__ import annotations

from typing import Any

from runtime.runs.files import read_json
from runtime.runs.folder import RunFolder

FILE = "baseline.json"


def read_comparison(folder: RunFolder) -> dict[str, Any] | None:
    """What a run was compared with before; None where it was not."""
    try:
        found = read_json(folder.path / FILE)
    except (OSError, ValueError):
        return None
    return found if isinstance(found.get("baselines"), list) else None
