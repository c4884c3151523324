from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from builder.document import Project
from runtime.trash import Trash
from ui.projects import (
    NewerRevision,
    UnreadableProject,
    create_project,
    discard_project,
    list_projects,
    load_project,
    name_apart,
    save_project,
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return tmp_path


def test_a_saved_project_is_read_back_with_its_revision() -> None:
    save_project("mine", Project(name="Mine"), base=0, revision=3, writer="tab")
    stored = load_project("mine")
    assert stored is not None
    assert (stored.project.name, stored.revision, stored.writer) == ("Mine", 3, "tab")


def test_a_project_that_was_never_saved_is_none() -> None:
    assert load_project("nobody") is None


def test_the_file_is_a_plain_project_that_the_builder_reads(home: Path) -> None:
    save_project("mine", Project(name="Mine"), base=0, revision=1)
    text = (home / "projects" / "mine.json").read_text()
    assert Project.model_validate_json(text).name == "Mine"


def test_a_change_of_an_older_revision_does_not_overwrite_a_newer_one() -> None:
    save_project("mine", Project(name="first"), base=0, revision=1, writer="a")
    save_project("mine", Project(name="second"), base=1, revision=2, writer="b")
    with pytest.raises(NewerRevision) as caught:
        save_project("mine", Project(name="late"), base=1, revision=2, writer="a")
    assert caught.value.stored.project.name == "second"
    stored = load_project("mine")
    assert stored is not None
    assert stored.project.name == "second"


def test_a_tab_whose_answer_was_lost_may_save_again() -> None:
    save_project("mine", Project(name="first"), base=0, revision=1, writer="a")
    stored = save_project("mine", Project(name="and more"), base=0, revision=2, writer="a")
    assert (stored.revision, stored.project.name) == (2, "and more")


def test_a_tab_that_was_reloaded_before_its_answer_came_may_save_again() -> None:
    save_project("mine", Project(name="first"), base=0, revision=5, writer="before")
    save_project("mine", Project(name="second"), base=5, revision=6, writer="before")
    stored = save_project("mine", Project(name="second"), base=5, revision=6, writer="after")
    assert (stored.revision, stored.project.name, stored.writer) == (6, "second", "after")
    assert save_project("mine", Project(name="third"), base=6, revision=7, writer="after").revision == 7
    with pytest.raises(NewerRevision):
        save_project("mine", Project(name="fourth"), base=5, revision=6, writer="before")


def test_a_crash_while_writing_leaves_the_old_text(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_project("mine", Project(name="old"), base=0, revision=1)

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        save_project("mine", Project(name="new"), base=1, revision=2)
    stored = load_project("mine")
    assert stored is not None
    assert stored.project.name == "old"
    assert [file.name for file in (home / "projects").iterdir()] == ["mine.json"]


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"name": 5}', '{"surprise": 1}', "\x80\x04pickle"])
def test_a_damaged_file_is_told_and_left_as_it_is(home: Path, text: str) -> None:
    file = home / "projects" / "mine.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(UnreadableProject, match=r"^mine\.json cannot be opened and is left as it is\. \w"):
        load_project("mine")
    assert file.read_text() == text
    assert list_projects() == []


@pytest.mark.parametrize("id", ["../../etc/passwd", "a/b", "", "A", "x" * 81, "a.b"])
def test_an_id_cannot_name_a_file_elsewhere(id: str) -> None:
    with pytest.raises(UnreadableProject):
        load_project(id)


def test_projects_are_listed_with_the_last_changed_first(home: Path) -> None:
    first, second = create_project(Project(name="first")), create_project(Project(name="second"))
    os.utime(home / "projects" / f"{first.id}.json", (1, 1))
    assert [stored.id for stored in list_projects()] == [second.id, first.id]


def test_a_discarded_project_lies_in_the_trash(home: Path) -> None:
    stored = create_project(Project(name="gone"))
    discard_project(stored.id)
    assert list_projects() == []
    (kept,) = Trash().list_entries()
    assert (kept.kind, kept.name) == ("project", "gone")
    assert json.loads((kept.path / "projects" / f"{stored.id}.json").read_text())["name"] == "gone"


def test_what_is_named_after_another_project_gets_the_next_free_number() -> None:
    assert name_apart("Digits") == "Digits"
    for name in ("Digits", "Digits 2", "Digits 4"):
        create_project(Project(name=name))
    assert [name_apart(name) for name in ("Digits", "Digits 2", "Letters")] == ["Digits 3", "Digits 3", "Letters"]
    create_project(Project(name="x" * 200))
    assert len(name_apart("x" * 200)) <= 200
