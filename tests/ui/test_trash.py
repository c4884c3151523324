from __future__ import annotations

from pathlib import Path

from builder.document import Project
from ui.projects import create_project, discard_project, load_project
from ui.trash import restore


def test_what_was_deleted_comes_back_as_it_was(home: Path) -> None:
    stored = create_project(Project(name="Mine"))
    discard_project(stored.id)
    assert load_project(stored.id) is None
    assert restore("projects", f"{stored.id}.json")
    back = load_project(stored.id)
    assert back is not None and back.project.name == "Mine"


def test_nothing_is_overwritten_by_what_comes_back(home: Path) -> None:
    stored = create_project(Project(name="Old"))
    discard_project(stored.id)
    (home / "projects" / f"{stored.id}.json").write_text("in the way")
    assert not restore("projects", f"{stored.id}.json")
    assert (home / "projects" / f"{stored.id}.json").read_text() == "in the way"


def test_what_was_never_deleted_does_not_come_back(home: Path) -> None:
    assert not restore("projects", "other.json")
