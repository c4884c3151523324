"""A home of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty LAYERLOOM_HOME."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return tmp_path
