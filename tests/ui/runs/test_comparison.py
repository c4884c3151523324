from __future__ import annotations

from builder.document import Project
from builder.edits import apply_edits
from runtime.runs.project_file import change_project, read_project
from ui.runs.comparison import describe_difference, list_values


def compare(newer: Project, older: Project) -> str:
    return describe_difference(dict(list_values(newer)), dict(list_values(older)))


def test_changed_settings_are_named_by_their_paths() -> None:
    older = read_project("mnist_cnn")
    newer = change_project(older, ["run.epochs=20", "training.adam.lr=0.01"])
    assert compare(newer, older) == "adam.lr 0.01, run.epochs 20"


def test_a_layer_that_came_or_went_is_named() -> None:
    older = read_project("mnist_cnn")
    drop = [
        {"op": "add_node", "graph": "networks.model", "node": {"id": "drop1", "kind": "Dropout", "params": {"p": 0.3}}}
    ]
    newer = apply_edits(older, drop)
    assert compare(newer, older) == "+ drop1"
    assert compare(older, newer) == "− drop1"


def test_places_on_the_canvas_and_names_make_no_difference() -> None:
    older = read_project("mnist_cnn")
    moved = apply_edits(older, [{"op": "move", "graph": "networks.model", "positions": {"conv1": [9, 9]}}])
    assert compare(moved.model_copy(update={"name": "Other"}), older) == ""


def test_many_changes_are_counted() -> None:
    older = read_project("mnist_cnn")
    changes = ["run.epochs=20", "run.seed=7", "run.device=cpu", "training.adam.lr=0.01", "run.precision=float32"]
    assert compare(change_project(older, changes), older).endswith("and 2 more")
