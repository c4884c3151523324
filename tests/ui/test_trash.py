from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Project
from runtime.trash import Trash, TrashError
from ui.projects import create_project, discard_project, load_project
from ui.versions import discard_version, keep_version, list_versions


def test_a_project_comes_back_with_its_versions(home: Path) -> None:
    stored = create_project(Project(name="Mine"))
    kept = keep_version(stored.id, stored.project, "good")
    entry = discard_project(stored.id)
    assert entry is not None and load_project(stored.id) is None and list_versions(stored.id) == []
    assert not (home / "versions" / stored.id).exists()
    Trash().restore(entry.id)
    back = load_project(stored.id)
    assert back is not None and back.project.name == "Mine"
    assert [version.id for version in list_versions(stored.id)] == [kept.id]


def test_a_project_that_cannot_be_read_is_deleted_by_its_id(home: Path) -> None:
    (home / "projects").mkdir()
    (home / "projects" / "torn.json").write_text("{")
    entry = discard_project("torn")
    assert entry is not None and entry.name == "torn"
    Trash().restore(entry.id)
    assert (home / "projects" / "torn.json").read_text() == "{"


def test_nothing_is_overwritten_by_a_project_that_comes_back(home: Path) -> None:
    stored = create_project(Project(name="Old"))
    entry = discard_project(stored.id)
    (home / "projects" / f"{stored.id}.json").write_text("in the way")
    assert entry is not None
    with pytest.raises(TrashError, match="of the same name again"):
        Trash().restore(entry.id)
    assert (home / "projects" / f"{stored.id}.json").read_text() == "in the way"


def test_what_is_not_there_is_not_deleted(home: Path) -> None:
    assert discard_project("other") is None and Trash().list_entries() == []


def test_a_version_is_in_the_trash_under_its_name(home: Path) -> None:
    kept = keep_version("mine", Project(name="Mine"), "before the change")
    discard_version("mine", kept.id)
    (entry,) = Trash().list_entries()
    assert (entry.kind, entry.name, entry.things) == (
        "version",
        "before the change",
        (f"versions/mine/{kept.id}.json",),
    )
