from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from builder.document import FieldMeaning, Origin, Project, Source
from builder.rules import check
from runtime.runs.project_file import read_project
from ui.data.showing import escape
from ui.projects import create_project, list_projects, load_project
from ui.proposals import propose_project


def show() -> None:
    from ui.data.page import show_page

    show_page()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path


def open_page(id: str, preset: str | None = None) -> AppTest:
    app = AppTest.from_function(show, default_timeout=30)
    app.session_state["project"], app.session_state["preset"] = id, preset
    return run_until(app, lambda: bool(app.tabs or app.warning))


def run_until(app: AppTest, is_done) -> AppTest:
    """Run the page until what it works on beside is there."""
    for _ in range(60):
        app.run()
        assert not app.exception
        if is_done():
            return app
        time.sleep(0.2)
    raise AssertionError("the page never got there")


def iris() -> Source:
    label = FieldMeaning(kind="category", role="target")
    origin = Origin(kind="embedded", name="iris", columns={"label": "target"})
    return Source(origins=(origin,), fields={"features": FieldMeaning(kind="vector"), "label": label})


@pytest.mark.parametrize(
    "preset",
    [
        "mnist_cnn",
        "mlp_iris",
        "linear_regression",
        "diabetes_regression",
        "text_bilstm",
        "lstm_forecast",
        "sequence_tagger",
        "unet_masks",
    ],
)
def test_a_preset_shows_its_data_and_leaves_nothing_behind(preset, home):
    app = open_page("looking", preset)
    assert [tab.label for tab in app.tabs] == ["Samples", "Statistics", "First batch", "Split and preparation"]
    assert not list((home / "projects").glob("*.json"))


def test_data_that_comes_along_is_named_as_on_its_card():
    shown = [element.value for element in open_page("looking", "unet_masks").markdown]
    assert any(text.startswith("**digit masks** (comes with Layerloom)") for text in shown)


def test_a_stand_in_is_shown():
    app = open_page("looking", "mnist_cnn")
    assert "ylecun/mnist" in app.info[0].value
    assert "stands the embedded set" in app.info[0].value


def test_without_a_project_the_page_points_to_the_gallery():
    app = AppTest.from_function(show, default_timeout=30).run()
    assert app.markdown[0].value == "**No project is open**"
    assert app.button[0].label == "Open the gallery"


def test_facts_found_by_preparation_are_kept_in_the_project():
    stored = create_project(Project(data={"main": iris()}))
    open_page(stored.id)
    kept = load_project(stored.id)
    assert kept is not None
    facts = kept.project.data["main"].facts
    assert facts is not None
    assert facts.counts == {"train": 135, "validation": 15}


def test_an_embedded_set_is_chosen_and_put_into_the_project():
    stored = create_project(Project(data={"main": iris()}))
    app = open_page(stored.id)
    app.toggle(key="choosing").set_value(True).run()
    app.selectbox(key="embedded_name").set_value("wine")
    run_until(app, lambda: any(button.key == "use_data" for button in app.button))
    app.button(key="use_data").click()
    run_until(app, lambda: bool(app.tabs))
    kept = load_project(stored.id)
    assert kept is not None
    source = kept.project.data["main"]
    assert source.origins[0].name == "wine"
    assert list(source.fields) == ["features", "label"]
    assert source.facts is not None
    assert source.facts.fields["features"].shape == (13,)
    assert app.toggle(key="choosing").value is False


def choose_path(id: str, path: Path) -> AppTest:
    """Name a file of this computer on the page of a project, until its columns stand there."""
    app = open_page(id)
    app.toggle(key="choosing").set_value(True).run()
    app.segmented_control(key="place").set_value("folder").run()
    app.text_input(key="path").set_value(str(path))
    return run_until(app, lambda: any(button.key == "use_data" for button in app.button) or bool(app.warning))


def read_source(id: str) -> Source:
    kept = load_project(id)
    assert kept is not None
    return kept.project.data["main"]


def test_a_table_of_ones_own_is_understood_told_about_and_used(tmp_path: Path):
    rows = "".join(f"{row * 0.37 % 5:.2f};{'rent' if row % 3 else 'own'};{'yn'[row % 7 < 5]}\n" for row in range(200))
    file = tmp_path / "own.csv"
    file.write_text("income;home;paid\n" + rows.replace(".", ",") + "?;own;y\n")
    id = create_project(Project(data={"main": iris()})).id
    app = choose_path(id, file)
    columns = app.dataframe[0].value
    assert columns["column"].tolist() == ["income", "home", "paid"]
    assert columns["kind"].tolist() == ["number", "flags", "category"]
    assert columns["use"].tolist() == ["input", "input", "target"]
    assert columns["missing"].tolist() == [1, 0, 0]
    assert all(columns["reason"])
    shown = " ".join(element.proto.body for element in app.get("html"))
    assert "1 of 201 rows are left out" in shown
    app.button(key="use_data").click()
    run_until(app, lambda: bool(app.tabs))
    source = read_source(id)
    assert source.origins[0].columns == {"features": ("income", "home = own", "home = rent"), "label": "paid"}
    assert list(source.fields) == ["features", "label"]
    assert source.facts is not None
    assert sum(source.facts.counts.values()) == 200


def draw_masks(folder: Path) -> Path:
    """Pictures of stripes in three greys, of a size that cannot be halved three times, and their masks."""
    mask = np.broadcast_to(np.arange(44) // 5 % 3, (36, 44)).astype(np.uint8)
    for name, levels in (("images", mask * np.uint8(90)), ("masks", mask)):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            Image.fromarray(np.ascontiguousarray(levels)).save(folder / name / f"{number}.png")
    return folder


def list_errors(id: str) -> list[str]:
    """What keeps a project from training."""
    kept = load_project(id)
    assert kept is not None
    return [finding.message for finding in check(kept.project) if finding.severity == "error"]


@pytest.mark.slow
def test_a_proposal_that_nobody_changed_is_proposed_anew_for_other_data(tmp_path: Path):
    masks = read_project("unet_masks").data["main"]
    id = create_project(propose_project("main", masks).model_copy(update={"name": "Stripes"})).id
    app = choose_path(id, draw_masks(tmp_path / "stripes"))
    app.button(key="use_data").click()
    run_until(app, lambda: bool(app.tabs) and bool((source := read_source(id)).facts and source.fields["mask"].size))
    kept = load_project(id)
    assert kept is not None and kept.project.name == "Stripes" and list_errors(id) == []
    assert kept.project.networks["model"].node("head").params["out_channels"] == "$classes"
    facts = read_source(id).facts
    assert facts is not None and facts.fields["mask"].shape == (32, 48)
    assert not [button for button in app.button if button.key == "propose"]


@pytest.mark.slow
def test_a_project_that_cannot_learn_the_masks_it_holds_offers_one_that_can(tmp_path: Path):
    id = create_project(read_project("unet_masks")).id
    app = choose_path(id, draw_masks(tmp_path / "stripes"))
    app.button(key="use_data").click()
    run_until(app, lambda: any(button.key == "propose" for button in app.button))
    assert list_errors(id)
    app.button(key="propose").click().run()
    made = next(stored for stored in list_projects() if stored.id != id)
    assert made.project.name == "Find things in pictures" and list_errors(made.id) == []


def test_a_series_is_cut_into_windows_as_asked(tmp_path: Path):
    rows = "".join(f"2020-{row // 28 + 1:02d}-{row % 28 + 1:02d},{row % 7 + row / 10:.1f}\n" for row in range(300))
    file = tmp_path / "sales.csv"
    file.write_text("day,sold\n" + rows)
    id = create_project(Project(data={"main": iris()})).id
    app = choose_path(id, file)
    forecast = next(toggle for toggle in app.toggle if toggle.label.startswith("Forecast"))
    assert forecast.value
    next(field for field in app.number_input if field.label == "Rows forecast").set_value(7)
    app.button(key="use_data").click()
    run_until(app, lambda: bool(app.tabs))
    source = read_source(id)
    assert source.windows
    assert (source.windows.length, source.windows.horizon, source.windows.order) == (24, 7, "day")
    assert source.origins[0].columns[source.windows.targets[0]] == "sold"


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path):
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    app = choose_path(create_project(Project(data={"main": iris()})).id, file)
    assert app.warning[0].value.startswith("photo.csv is a picture (PNG), not text.")


def test_data_that_is_gone_is_told_with_a_way_out(home: Path):
    source = iris().model_copy(update={"origins": (Origin(kind="file", name="gone.csv"),)})
    app = open_page(create_project(Project(data={"main": source})).id)
    assert app.warning[0].value == f"There is no file {home}/data/gone.csv. Choose another one or put it back."
    assert [button.label for button in app.button] == ["Try again"]


def test_a_new_split_is_applied():
    stored = create_project(Project(data={"main": iris()}))
    app = open_page(stored.id)
    next(field for field in app.number_input if field.label == "Validation, part of train").set_value(0.2)
    next(button for button in app.button if button.label == "Apply").click()
    run_until(app, lambda: bool(app.tabs))
    kept = load_project(stored.id)
    assert kept is not None
    assert kept.project.data["main"].split.validation == 0.2
    facts = kept.project.data["main"].facts
    assert facts is not None
    assert facts.counts == {"train": 120, "validation": 30}


def test_names_are_shown_as_they_are_whatever_they_contain():
    assert escape("a_b*[x](y)<b>$z$") == r"a\_b\*\[x\]\(y\)\<b\>\$z\$"


@pytest.mark.parametrize(("text", "shape"), [("A day.\nA night.\n" * 20, "lines"), ("a;b\n1;x\n" * 20, "table")])
def test_how_a_text_is_read_is_shown_and_can_be_changed(tmp_path: Path, text: str, shape: str):
    file = tmp_path / "notes.txt"
    file.write_text(text)
    app = choose_path(create_project(Project(data={"main": iris()})).id, file)
    assert app.segmented_control(key=f"shape_{file}").value == shape
    app.segmented_control(key=f"shape_{file}").set_value("stream").run()
    run_until(app, lambda: any("1 row" in caption.value for caption in app.caption))
