from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Project
from runtime.runs import supervisor
from ui.projects import Stored, load_project
from ui.training.start import start_run
from ui.versions import list_versions, load_version

PROJECT = Project(name="Mine")


@pytest.fixture(autouse=True)
def started(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[Project]:
    """What the supervisor was asked to train."""
    asked: list[Project] = []
    monkeypatch.setattr(supervisor, "start", lambda project, parent: asked.append(project) or "run1")
    return asked


def test_what_is_trained_is_kept_as_a_version_once() -> None:
    for _ in range(2):
        assert start_run(Stored("mine", PROJECT, revision=3)) == "run1"
    (version,) = list_versions("mine")
    assert (version.name, version.automatic) == ("Training started", True)
    assert load_version("mine", version.id) == PROJECT


def test_a_preset_that_is_trained_becomes_a_project(started: list[Project]) -> None:
    start_run(Stored("mine", PROJECT))
    stored = load_project("mine")
    assert stored is not None and stored.project == PROJECT
    assert [project.about["project"] for project in started] == ["mine"]


def test_a_run_starts_where_no_version_can_be_kept(home: Path, started: list[Project]) -> None:
    (home / "versions").write_text("in the way")
    assert start_run(Stored("mine", PROJECT, revision=3)) == "run1"
    assert len(started) == 1
