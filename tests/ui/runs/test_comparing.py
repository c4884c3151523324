from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear
from ui.charts.comparison import RunCurve, build_comparison_figure
from ui.runs.comparing import list_differences, name_runs, read_curves
from ui.runs.facts import list_facts, write_facts


def show(ids: tuple[str, ...]) -> None:
    from ui.runs.comparing import show_comparison

    show_comparison(ids)


def make_two(home: Path) -> list[RunFolder]:
    folders = [create_run(iris("run.max_steps=20", f"training.adam.lr={rate}")) for rate in (0.01, 0.2)]
    assert all(work(folder).status == "finished" for folder in folders)
    return folders


def test_runs_stand_beside_each_other_with_what_came_of_them_and_what_they_changed(home: Path) -> None:
    folders = make_two(home)
    app = AppTest.from_function(show, args=((folders[0].id, folders[1].id),), default_timeout=60).run()
    assert not app.exception
    outcomes, differing = (frame.value for frame in app.dataframe)
    assert list(outcomes["Status"]) == ["Finished", "Finished"] and outcomes.index.is_unique
    assert differing.index.tolist() == ["adam.lr"] and differing.iloc[0].tolist() == ["0.01", "0.2"]
    assert {caption.value.partition(" (")[0] for caption in app.caption} >= {"loss", "accuracy"}


def test_a_run_that_is_gone_is_left_out(home: Path) -> None:
    folders = make_two(home)
    gone = "20260101-000000-gone-0000"
    app = AppTest.from_function(show, args=((folders[0].id, gone),), default_timeout=60).run()
    assert not app.exception and "1 runs compared" in app.markdown[0].value


def test_runs_of_one_name_are_told_apart(home: Path) -> None:
    folders = [create_run(linear(epochs=count)) for count in (1, 2, 3)]
    assert name_runs(folders) == ["Linear regression", "Linear regression (2)", "Linear regression (3)"]
    assert list_differences(folders, name_runs(folders)).loc["run.epochs"].tolist() == ["1", "2", "3"]


def test_curves_are_those_of_the_validation_part_where_it_was_measured(home: Path) -> None:
    kept = create_run(iris("run.max_steps=20"))
    work(kept)
    assert {curve["split"] for curve in read_curves(kept).values()} == {"validation"}
    line = create_run(linear(epochs=5))
    work(line)
    assert {curve["split"] for curve in read_curves(line).values()} == {"train"}


def test_a_run_keeps_its_colour_where_another_has_no_such_curve() -> None:
    both = build_comparison_figure([RunCurve("a", [1, 2], [3.0, 2.0]), RunCurve("b", [1, 2], [1.0, None])])
    one = build_comparison_figure([None, RunCurve("b", [1, 2], [1.0, None])])
    assert [line["name"] for line in both["data"]] == ["a", "b"]
    assert one["data"][0]["line"] == both["data"][1]["line"]


def test_the_page_of_a_run_says_what_it_trained_with(home: Path) -> None:
    facts = dict(list_facts(iris("run.epochs=7", "training.adam.lr=0.05", "run.seed=3"), "CPU"))
    assert facts | {"Batch size": ""} == {
        "Optimizer": "Adam",
        "Epochs": "7",
        "Batch size": "",
        "Learning rate": "0.05",
        "Seed": "3",
        "Device": "CPU",
        "Runs in": "Own process",
    }
    assert "<dt>Learning rate</dt><dd>0.05</dd>" in write_facts(list(facts.items()))
    assert "<b>" not in write_facts([("Device", "<b>")])
