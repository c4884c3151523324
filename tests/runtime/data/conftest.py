"""A home of its own for every test, and small sources to prepare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from builder.document import FieldMeaning, Origin, Project, Source, Split
from runtime.data.prepare import PreparedSource, prepare

IMAGE = FieldMeaning(kind="image", scaling="unit")
LABEL = FieldMeaning(kind="category", role="target")
FEATURES = FieldMeaning(kind="vector", scaling="standard")

Prepare = Callable[..., PreparedSource]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty root folder, and no hub."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "home"


@pytest.fixture
def prepare_one() -> Prepare:
    """Prepare a project with a single source."""

    def run(
        *origins: Origin, split: Split | None = None, limit: int | None = None, **fields: FieldMeaning
    ) -> PreparedSource:
        source = Source(origins=origins, fields=fields, split=split or Split(), limit=limit)
        return prepare(Project(data={"main": source}))["main"]

    return run
