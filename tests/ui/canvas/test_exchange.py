from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from builder.document import Graph, Node, Project
from builder.loading import load_project as load_document
from ui.canvas.exchange import accept_change, describe_state, find_analysis, settle_hello, write_document
from ui.projects import Stored, load_project, save_project


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return tmp_path


EXAMPLES = sorted((Path(__file__).parents[2] / "builder" / "rules" / "examples").glob("*/project.json"))
PROJECT = Project(name="Mine", networks={"model": Graph(nodes=(Node(id="image", kind="Input"),))})
DRAFT = Stored("mine", PROJECT)


def change(base: int, revision: int, name: str = "Mine", writer: str = "tab", **fields: Any) -> dict[str, Any]:
    document = write_document(PROJECT.model_copy(update={"name": name}))
    return {
        "project": "mine",
        "writer": writer,
        "base_revision": base,
        "revision": revision,
        "document": document,
        **fields,
    }


def test_the_first_change_of_a_draft_writes_its_file() -> None:
    stored, told = accept_change(change(0, 1, "Changed"), DRAFT)
    assert (stored.revision, told) == (1, {})
    saved = load_project("mine")
    assert saved is not None
    assert saved.project.name == "Changed"


def test_a_change_of_another_tab_in_between_is_told_and_kept() -> None:
    saved = save_project("mine", PROJECT, 0, 4, writer="other")
    stored, told = accept_change(change(3, 4, "Late"), saved)
    assert told == {"conflict": {"revision": 4}}
    assert stored.project.name == "Mine"


def test_a_document_that_cannot_be_is_refused_with_its_place() -> None:
    value = change(0, 1)
    value["document"]["run"] = {"epochs": 0}
    stored, told = accept_change(value, DRAFT)
    assert stored is DRAFT
    assert told["refusal"].startswith("This change could not be saved.") and '"run.epochs" must be' in told["refusal"]
    assert load_project("mine") is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"format": 7}, "is of format 7"), ({"about": {"deep": {}}}, "levels deep"), ({"about": {"n": 1e999}}, "number")],
)
def test_a_document_that_could_not_be_opened_again_is_not_saved(fields: dict[str, Any], words: str) -> None:
    value = change(0, 1)
    value["document"] |= fields
    inner = fields.get("about", {}).get("deep")
    for _ in range(70 if inner is not None else 0):
        inner["deeper"] = inner = {}
    stored, told = accept_change(value, DRAFT)
    assert stored is DRAFT and words in told["refusal"]
    assert load_project("mine") is None


@pytest.mark.parametrize("value", [{}, {"document": "text"}, {"project": "mine", "document": {}, "revision": "many"}])
def test_what_is_no_change_is_refused(value: dict[str, Any]) -> None:
    stored, told = accept_change(value, DRAFT)
    assert stored is DRAFT
    assert "refusal" in told


def test_a_change_of_another_project_changes_nothing() -> None:
    assert accept_change({**change(0, 1), "project": "yours"}, DRAFT) == (DRAFT, {})
    assert load_project("mine") is None


def test_a_hello_with_unsaved_work_saves_it() -> None:
    saved = save_project("mine", PROJECT, 0, 4, writer="tab")
    stored, told = settle_hello(change(4, 6, "Was not saved"), saved)
    assert (stored.revision, stored.project.name, told) == (6, "Was not saved", {})


def test_a_hello_without_a_document_changes_nothing() -> None:
    saved = save_project("mine", PROJECT, 0, 4, writer="tab")
    assert settle_hello({"project": "mine", "revision": 2, "base_revision": 2}, saved) == (saved, {})


def test_the_document_goes_down_only_where_the_canvas_lacks_it() -> None:
    assert "document" in describe_state(DRAFT, None, None, {})
    assert "document" not in describe_state(DRAFT, 0, None, {})
    assert "document" in describe_state(Stored("mine", PROJECT, 5), 4, None, {})
    assert "document" not in describe_state(Stored("mine", PROJECT, 5), 4, None, {"refusal": "no"})


def test_the_marks_of_the_store_stay_out_of_the_document() -> None:
    stored, _ = accept_change(change(0, 1), DRAFT)
    saved = load_project(stored.id)
    assert saved is not None
    assert write_document(saved.project)["about"] == {}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_every_bad_project_is_analysed_for_the_canvas(path: Path) -> None:
    project = load_document(path.read_bytes())
    analysis = find_analysis(Stored(path.parent.name, project))
    for name, graph in analysis["graphs"].items():
        assert set(graph["nodes"]) == {node.id for node in project.graph(name).nodes}


def test_the_analysis_is_of_what_is_stored() -> None:
    assert set(find_analysis(DRAFT)["graphs"]) == {"networks.model", "training"}
