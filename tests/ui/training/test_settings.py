from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ui.projects import Stored, create_project, load_project
from ui.session import load_preset
from ui.training.settings import save_edits, set_run


def make_stored(home: Path) -> Stored:
    preset = load_preset("linear_regression")
    assert preset is not None
    return create_project(preset)


def test_the_same_edit_that_comes_twice_at_once_is_saved_once(home: Path) -> None:
    stored = make_stored(home)
    edits = set_run("epochs", 7, stored.project.run.epochs)
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda _: save_edits(stored, edits), range(4)))
    assert {(item.project.run.epochs, item.revision) for item in saved} == {(7, stored.revision + 1)}


def test_an_edit_is_made_on_the_project_as_it_is_now(home: Path) -> None:
    old = make_stored(home)
    save_edits(old, set_run("epochs", 7, old.project.run.epochs))
    save_edits(old, set_run("seed", 3, old.project.run.seed))
    latest = load_project(old.id)
    assert latest is not None and (latest.project.run.epochs, latest.project.run.seed) == (7, 3)


def test_a_preset_becomes_a_project_at_its_first_edit(home: Path) -> None:
    preset = load_preset("linear_regression")
    assert preset is not None
    saved = save_edits(Stored("draft", preset), set_run("epochs", 7, preset.run.epochs))
    assert saved.revision == 1 and load_project("draft") is not None


def test_nothing_is_edited_where_nothing_changes() -> None:
    assert set_run("epochs", 7, 7) == []
