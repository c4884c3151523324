from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from runtime.trash import DAYS, MOST_REMOVED, Trash, TrashError, is_place, tell_bytes


@pytest.fixture
def trash(tmp_path: Path) -> Trash:
    """An empty trash beside a project with two versions."""
    (tmp_path / "projects").mkdir()
    (tmp_path / "versions" / "mine").mkdir(parents=True)
    (tmp_path / "projects" / "mine.json").write_text("the project")
    for name in ("1", "2"):
        (tmp_path / "versions" / "mine" / f"{name}.json").write_text(name)
    return Trash(tmp_path)


PLACES = ["projects/mine.json", "versions/mine"]


def read_all(root: Path) -> dict[str, str]:
    """Every file outside of the trash."""
    files = (path for path in root.rglob("*") if path.is_file() and "trash" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_text() for path in files}


def test_what_was_deleted_together_comes_back_together(trash: Trash) -> None:
    before = read_all(trash.root)
    entry = trash.put("project", "Mine", PLACES)
    assert read_all(trash.root) == {} and not (trash.root / "versions" / "mine").exists()
    (listed,) = trash.list_entries()
    assert (listed.id, listed.kind, listed.name, listed.num_bytes > 0) == (entry.id, "project", "Mine", True)
    assert trash.restore(entry.id).name == "Mine"
    assert read_all(trash.root) == before and trash.list_entries() == [] and list(trash.path.iterdir()) == []
    with pytest.raises(TrashError, match="not in the trash any more"):
        trash.restore(entry.id)


def test_nothing_is_overwritten_by_what_comes_back(trash: Trash) -> None:
    entry = trash.put("project", "Mine", PLACES)
    (trash.root / "projects" / "mine.json").write_text("in the way")
    with pytest.raises(TrashError, match="there is a project of the same name again"):
        trash.restore(entry.id)
    assert read_all(trash.root) == {"projects/mine.json": "in the way"} and len(trash.list_entries()) == 1


@pytest.mark.parametrize("moves", [0, 1])
def test_a_crash_between_two_moves_loses_nothing(trash: Trash, monkeypatch: pytest.MonkeyPatch, moves: int) -> None:
    import runtime.trash as module

    before, move, done = read_all(trash.root), module.move, []

    def crash(thing: Path, place: Path) -> None:
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(thing)
        move(thing, place)

    monkeypatch.setattr(module, "move", crash)
    with pytest.raises(KeyboardInterrupt):
        trash.put("project", "Mine", PLACES)
    monkeypatch.undo()
    assert len(trash.list_entries()) == moves
    for entry in trash.list_entries():
        trash.restore(entry.id)
    assert read_all(trash.root) == before


def test_what_is_older_than_thirty_days_goes_at_most_so_much_at_once(trash: Trash) -> None:
    old, new = trash.put("project", "Old", PLACES[:1]), trash.put("version", "New", PLACES[1:])
    day = 86_400
    assert trash.sweep(old.at + (DAYS - 1) * day) == 0
    assert trash.sweep(old.at + DAYS * day + 0.001) in (1, 2)
    assert "Old" not in [entry.name for entry in trash.list_entries()]
    for number in range(MOST_REMOVED + 5):
        (trash.root / "blocks").mkdir(exist_ok=True)
        (trash.root / "blocks" / "b.json").write_text(str(number))
        trash.put("block", "b", ["blocks/b.json"])
    assert trash.sweep(new.at + 2 * DAYS * day) == MOST_REMOVED
    assert trash.empty() > 0 and trash.list_entries() == []


def test_the_rest_of_a_removal_that_was_cut_is_removed_at_the_next_start(trash: Trash) -> None:
    entry = trash.put("project", "Mine", PLACES)
    entry.path.rename(entry.path.with_name(f".gone-{entry.id}"))
    assert trash.list_entries() == []
    trash.sweep()
    assert list(trash.path.iterdir()) == []


@pytest.mark.parametrize(
    "thing",
    [
        "../runs",
        "runs/../../x",
        "/etc/passwd",
        "runs",
        "data/x",
        "runs//x",
        "runs/./x",
        "runs/x\\..",
        "",
        None,
        3,
        "a\0b/c",
    ],
)
def test_a_place_outside_of_the_rooms_is_none(thing: object) -> None:
    assert not is_place(thing)


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"kind": "run", "name": "x", "things": ["../../x"]}', '{"kind": 3}', "[" * 100_000]
)
def test_an_entry_that_says_nothing_of_sense_is_not_listed_and_moves_nothing(trash: Trash, content: str) -> None:
    entry = trash.put("project", "Mine", PLACES)
    (entry.path / "entry.json").write_text(content)
    assert trash.list_entries() == []
    with pytest.raises(TrashError):
        trash.restore(entry.id)
    with pytest.raises(TrashError):
        trash.restore("../projects")


def test_an_entry_names_what_it_held_as_plain_json(trash: Trash) -> None:
    entry = trash.put("project", "Mine", PLACES)
    assert json.loads((entry.path / "entry.json").read_text()) == {"kind": "project", "name": "Mine", "things": PLACES}


def test_sizes_are_told_in_two_digits() -> None:
    sizes = [tell_bytes(size) for size in (0, 999, 1500, 12_345, 999_999, 5_400_000_000, 10**15)]
    assert sizes == ["0 bytes", "999 bytes", "1.5 kB", "12 kB", "1 MB", "5.4 GB", "1000 TB"]


def test_a_disk_that_lets_nothing_go_or_come_is_told_in_a_sentence(
    trash: Trash, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thing: Path, place: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(place))

    entry = trash.put("version", "First", ["versions/mine/1.json"])
    monkeypatch.setattr("runtime.trash.shutil.move", refuse)
    with pytest.raises(TrashError, match=r"“Mine” cannot go to the trash[.] The disk .* is full"):
        trash.put("project", "Mine", PLACES)
    with pytest.raises(TrashError, match=r"“First” cannot come back[.] The disk .* is full"):
        trash.restore(entry.id)
    monkeypatch.undo()
    trash.restore(entry.id)
    assert read_all(trash.root)["projects/mine.json"] == "the project"
