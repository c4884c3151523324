from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from builder.document import Project
from builder.edits import apply_edits
from ui.projects import Stored, create_project, load_project
from ui.session import load_preset
from ui.training.fields import FieldError, list_settings, lower_rates, read_text, read_value, write_value
from ui.training.settings import save_edits


def make_stored(home: Path, name: str = "linear_regression") -> Stored:
    preset = load_preset(name)
    assert preset is not None
    return create_project(preset)


def set_run(name: str, value: object) -> list[dict[str, object]]:
    return [{"op": "set", "path": f"run.{name}", "value": value}]


def read(id: str) -> Project:
    stored = load_project(id)
    assert stored is not None
    return stored.project


def read_rate(project: Project) -> object:
    return list_settings(project)["sgd.lr"].value


def show(id: str) -> None:
    import streamlit as st

    from ui.projects import load_project
    from ui.training.settings import ask_settings

    stored = load_project(id)
    assert stored is not None
    for sentence in ask_settings(stored):
        st.error(sentence)


def open_form(stored: Stored) -> AppTest:
    return AppTest.from_function(show, args=(stored.id,), default_timeout=30).run()


def field(app: AppTest, label: str):
    return next(item for item in app.text_input if item.label == label)


def test_the_same_edit_that_comes_twice_at_once_is_saved_once(home: Path) -> None:
    stored = make_stored(home)
    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(lambda _: save_edits(stored, set_run("epochs", 7)), range(4)))
    assert {(item.project.run.epochs, item.revision) for item in saved} == {(7, stored.revision + 1)}


def test_an_edit_is_made_on_the_project_as_it_is_now(home: Path) -> None:
    old = make_stored(home)
    save_edits(old, set_run("epochs", 7))
    save_edits(old, set_run("seed", 3))
    assert (read(old.id).run.epochs, read(old.id).run.seed) == (7, 3)


def test_a_preset_becomes_a_project_at_its_first_edit(home: Path) -> None:
    preset = load_preset("linear_regression")
    assert preset is not None
    saved = save_edits(Stored("draft", preset), set_run("epochs", 7))
    assert saved.revision == 1 and load_project("draft") is not None


def test_every_one_of_many_edits_in_a_row_is_saved(home: Path) -> None:
    stored = make_stored(home)
    app = open_form(stored)
    for number in range(1, 8):
        field(app, "Learning rate").set_value(f"0.0{number}").run()
        field(app, "Epochs").set_value(str(100 + number)).run()
        assert not app.exception and not app.error
        assert (read_rate(read(stored.id)), read(stored.id).run.epochs) == (number / 100, 100 + number)
        assert field(app, "Epochs").value == str(100 + number)


def test_two_fields_that_change_in_one_moment_are_both_saved(home: Path) -> None:
    stored = make_stored(home)
    app = open_form(stored)
    field(app, "Learning rate").set_value("0.5")
    field(app, "Seed").set_value("9")
    next(item for item in app.selectbox if item.label == "Device").select("cpu").run()
    project = read(stored.id)
    assert (read_rate(project), project.run.seed, project.run.device) == (0.5, 9, "cpu")


def test_the_form_follows_what_is_changed_elsewhere(home: Path) -> None:
    stored = make_stored(home)
    app = open_form(stored)
    save_edits(stored, set_run("epochs", 77))
    assert field(app.run(), "Epochs").value == "77"


def test_what_is_not_taken_stays_in_its_field_with_the_reason_until_it_is_mended(home: Path) -> None:
    stored = make_stored(home)
    app = open_form(stored)
    field(app, "Learning rate").set_value("0").run()
    assert [item.value for item in app.error] == ["Learning rate is 0, must be more than 0. It stays 0.01."]
    assert field(app.run(), "Learning rate").value == "0" and read_rate(read(stored.id)) == 0.01
    field(app, "Learning rate").set_value("0.2").run()
    assert not app.error and read_rate(read(stored.id)) == 0.2


@pytest.mark.parametrize("rate", [1e30, 1e-12, 12345.678, 3])
def test_the_form_shows_and_takes_every_learning_rate_that_the_document_may_hold(home: Path, rate: float) -> None:
    stored = make_stored(home)
    save_edits(stored, [list_settings(stored.project)["sgd.lr"].build_edit(rate)])
    app = open_form(stored)
    shown = field(app, "Learning rate").value
    assert not app.exception and read_text(shown) == rate
    field(app, "Learning rate").set_value(f" {rate:.17g} ").run()
    assert not app.error and read_rate(read(stored.id)) == rate


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("epochs", "0", "Epochs is 0, must be at least 1. It stays 2000."),
        ("epochs", "2.5", "Epochs is 2.5, must be a whole number. It stays 2000."),
        ("data.batch_size", "many", 'Batch size: "many" is no number. It stays 4.'),
        ("seed", "-1", "Seed is -1, must be at least 0. It stays 0."),
        ("sgd.lr", "1e999", 'Learning rate: "1e999" is no number. It stays 0.01.'),
        ("sgd.lr", "", 'Learning rate: "" is no number. It stays 0.01.'),
    ],
)
def test_a_value_is_refused_in_a_sentence(home: Path, key: str, text: str, sentence: str) -> None:
    project = make_stored(home).project
    with pytest.raises(FieldError) as refused:
        read_value(project, list_settings(project)[key], text)
    assert str(refused.value) == sentence


def test_a_number_is_written_as_people_write_it() -> None:
    assert [write_value(value) for value in (0.001, 1e30, 3.0, 128, 1e-5)] == ["0.001", "1e+30", "3", "128", "1e-05"]


def test_smaller_steps_are_a_tenth_of_those_that_a_run_took_whatever_the_project_says_now(home: Path) -> None:
    ran = make_stored(home).project
    now = apply_edits(ran, [list_settings(ran)["sgd.lr"].build_edit(5)])
    assert read_rate(apply_edits(now, lower_rates(now, ran))) == 0.001
