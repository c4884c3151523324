"""The button that compares a run with simple baselines, and the table that it makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from runtime.insight.baselines.reading import FILE
from runtime.runs.folder import create_run
from runtime.runs.project_file import read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, wait_for
from ui.runs.baselines import JOBS, LABEL, has_baselines
from ui.runs.beside import Line, list_columns, write_table


def show(run: str) -> None:
    from runtime.runs.folder import find_run
    from ui.runs.baselines import show_baselines

    folder = find_run(run)
    show_baselines(folder, folder.read_project())


def open_page(run: str) -> AppTest:
    app = AppTest.from_function(show, default_timeout=60, args=(run,)).run()
    assert not app.exception
    return app


def read_html(app: AppTest) -> str:
    return "".join(str(element.proto.body) for element in app.get("html"))


def test_a_run_is_compared_with_one_button_and_the_table_is_there_after_a_reload(home: Path) -> None:
    folder = create_run(iris("run.epochs=2"))
    work(folder)
    app = open_page(folder.id)
    (button,) = app.button
    assert button.label == LABEL
    button.click().run()
    wait_for(lambda: (folder.path / FILE).is_file() and not JOBS.find(folder.id).is_running)  # type: ignore[union-attr]
    table = read_html(open_page(folder.id))
    assert "<th>This run</th>" in table and "<th>Linear model<small>Logistic regression on 4 columns" in table
    assert table.count("<b>") == 2  # the best loss and the best accuracy


def test_why_there_is_nothing_to_compare_with_is_told(home: Path) -> None:
    project = iris("run.epochs=1")
    name, source = next(iter(project.data.items()))
    gone = source.model_copy(
        update={"origins": (source.origins[0].model_copy(update={"kind": "file", "name": "/gone.csv"}),)}
    )
    folder = create_run(project.model_copy(update={"data": {name: gone}}))
    open_page(folder.id).button[0].click().run()
    wait_for(lambda: not JOBS.find(folder.id).is_running)  # type: ignore[union-attr]
    app = open_page(folder.id)
    assert "gone.csv" in app.warning[0].value and app.button[0].label == LABEL


@pytest.mark.parametrize(
    ("preset", "expected"), [("mlp_iris", True), ("diabetes_regression", True), ("mnist_mlp", False)]
)
def test_the_button_is_beside_tables_and_texts(preset: str, expected: bool) -> None:
    assert has_baselines(read_project(preset)) is expected


def test_the_best_of_each_column_stands_out_and_names_are_no_code() -> None:
    lines = [
        Line("This run", {("test", "accuracy"): 0.75, ("test", "loss"): 0.5}),
        Line("<b>other</b>", {("test", "accuracy"): 0.5, ("test", "loss"): 0.25}, "a & b"),
        Line("Third", {}),
    ]
    columns = list_columns([{"validation": {"loss": 1.0}, "test": {"accuracy": 0.5, "loss": 0.25}}])
    assert columns == [("test", "accuracy"), ("test", "loss"), ("validation", "loss")]
    table = write_table(lines, columns, {"accuracy": "max", "loss": "min"}, {"accuracy": "Accuracy"})
    assert "<td><b>0.75</b></td><td>0.5</td><td></td>" in table
    assert "<td>0.5</td><td><b>0.25</b></td><td></td>" in table
    assert "&lt;b&gt;other&lt;/b&gt;<small>a &amp; b</small>" in table
    assert "<th>Accuracy<small>test</small></th>" in table
