from __future__ import annotations

import time
from pathlib import Path

import pytest

from builder.document import Graph, Node, Project
from ui import versions
from ui.projects import save_project
from ui.versions import (
    VersionError,
    discard_version,
    keep_version,
    list_versions,
    load_version,
    recall_version,
)


@pytest.fixture(autouse=True)
def empty_home(home: Path) -> Path:
    return home


def draw(count: int) -> Project:
    """A project of so many nodes."""
    return Project(networks={"model": Graph(nodes=tuple(Node(id=f"relu{n}", kind="ReLU") for n in range(count)))})


def names(project: str = "mine") -> list[str]:
    return [version.name for version in list_versions(project)]


def test_a_version_holds_the_whole_project_as_it_was() -> None:
    project = draw(3).model_copy(update={"about": {"task": "classification"}})
    kept = keep_version("mine", project, "Before the change")
    assert load_version("mine", kept.id) == project
    assert names() == ["Before the change"]
    assert abs(list_versions("mine")[0].at - time.time()) < 60


def test_versions_are_listed_with_the_newest_first() -> None:
    for number in range(3):
        keep_version("mine", draw(number), f"v{number}")
        time.sleep(0.002)
    assert names() == ["v2", "v1", "v0"]


@pytest.mark.parametrize("name", ["", "   ", "\n\t"])
def test_a_version_needs_a_name(name: str) -> None:
    with pytest.raises(VersionError, match="needs a name"):
        keep_version("mine", draw(1), name)


def test_a_name_becomes_one_line_of_bounded_length() -> None:
    assert keep_version("mine", draw(1), "  two\nlines " + "x" * 300).name == ("two lines " + "x" * 300)[:200]


def test_fifty_edits_keep_a_version_by_themselves() -> None:
    for revision in range(1, 103):
        save_project("mine", draw(revision), base=revision - 1, revision=revision)
    assert names() == ["After 50 edits", "After 50 edits"]
    assert [version.revision for version in list_versions("mine")] == [100, 50]
    assert all(version.automatic for version in list_versions("mine"))


def test_ten_minutes_keep_a_version_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    save_project("mine", draw(1), base=0, revision=1)
    later = time.time() + 601
    monkeypatch.setattr(versions.time, "time", lambda: later)
    save_project("mine", draw(2), base=1, revision=2)
    assert names() == ["After 10 minutes"]


def test_edits_go_on_counting_after_a_start_of_the_server() -> None:
    keep_version("mine", draw(1), "by hand", revision=10)
    versions._counted.clear()
    save_project("mine", draw(2), base=40, revision=59)
    assert names() == ["by hand"]
    save_project("mine", draw(3), base=59, revision=60)
    assert names()[0] == "After 50 edits"


def test_the_same_state_is_not_kept_twice_by_itself_but_as_often_as_wanted_by_hand() -> None:
    for _ in range(2):
        keep_version("mine", draw(1), "Training started", automatic=True)
    assert len(names()) == 1
    for _ in range(2):
        keep_version("mine", draw(1), "by hand")
    assert len(names()) == 3


def test_automatic_versions_are_let_go_of_and_named_ones_never() -> None:
    for number in range(60):
        keep_version("mine", draw(number), f"auto {number}", automatic=True)
        if number < 5:
            keep_version("mine", draw(number), f"named {number}")
    kept = list_versions("mine")
    assert sum(version.automatic for version in kept) == versions.MOST_AUTOMATIC
    assert sum(not version.automatic for version in kept) == 5


def test_automatic_versions_keep_to_their_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    size = keep_version("other", draw(40), "size", automatic=True).bytes
    monkeypatch.setattr(versions, "AUTOMATIC_BYTES", int(size * 2.5))
    for number in range(40, 46):
        keep_version("mine", draw(number), f"auto {number}", automatic=True)
        time.sleep(0.002)
    assert names() == ["auto 45", "auto 44"]


def test_versions_by_hand_have_a_limit_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST_NAMED", 2)
    for number in range(2):
        keep_version("mine", draw(number), "one")
    with pytest.raises(VersionError, match="Delete one"):
        keep_version("mine", draw(3), "one more")


def test_a_deleted_version_comes_back_from_the_trash(home: Path) -> None:
    kept = keep_version("mine", draw(2), "mine")
    discard_version("mine", kept.id)
    assert names() == [] and len(list((home / "trash").iterdir())) == 1
    recall_version("mine", kept.id)
    assert load_version("mine", kept.id) == draw(2)
    with pytest.raises(VersionError, match="trash"):
        recall_version("mine", kept.id)


@pytest.mark.parametrize("project", ["", "../projects", "a/b", "A", "x" * 81])
def test_no_other_folder_is_reached(project: str) -> None:
    with pytest.raises(VersionError, match="There is no project"):
        list_versions(project)


@pytest.mark.parametrize("version", ["", "../../projects/mine", "0000000000000-0000000", "1" * 13 + "-aaaaaaaa"])
def test_no_other_file_is_opened_or_deleted(version: str) -> None:
    save_project("mine", draw(1), base=0, revision=1)
    keep_version("mine", draw(1), "mine")
    for work in (load_version, discard_version):
        with pytest.raises(VersionError, match="not there any more"):
            work("mine", version)


@pytest.mark.parametrize("text", ["", "[]", '{"about": 3}', "{" * 5000, "\x00"])
def test_a_damaged_version_is_left_alone(text: str) -> None:
    kept = keep_version("mine", draw(1), "good")
    damaged = kept.id[:-8] + "00000000"
    (versions.find_folder("mine") / f"{damaged}.json").write_text(text)
    assert names() == ["good"]
    with pytest.raises(VersionError, match="left as it is"):
        load_version("mine", damaged)


def test_saving_goes_on_where_no_version_can_be_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "versions").mkdir()
    (home / "versions" / "mine").write_text("in the way")
    assert save_project("mine", draw(1), base=0, revision=500).revision == 500
