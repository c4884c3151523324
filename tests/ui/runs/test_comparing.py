from __future__ import annotations

import itertools
from pathlib import Path

from streamlit.testing.v1 import AppTest

from runtime.runs.compared import MOST
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.project_file import change_project
from tests.runtime.runs.made import iris, linear
from ui.charts.comparison import build_band, build_run_line
from ui.runs.comparing import describe_graphs, describe_runs, find_all, name_runs
from ui.runs.facts import list_facts, write_facts


def show(ids: tuple[str, ...]) -> None:
    from ui.runs.comparing import show_comparison

    show_comparison(ids)


def make_two(home: Path) -> list[RunFolder]:
    return [create_run(iris("run.max_steps=20", f"training.adam.lr={rate}")) for rate in (0.01, 0.2)]


def describe(folders: list[RunFolder]) -> dict:
    return describe_runs(folders, name_runs(folders))


def test_the_page_opens_with_its_runs_counted(home: Path) -> None:
    folders = make_two(home)
    app = AppTest.from_function(show, args=((folders[0].id, folders[1].id),), default_timeout=60).run()
    assert not app.exception and "2 runs compared" in app.markdown[0].value


def test_a_run_that_is_gone_is_left_out(home: Path) -> None:
    folders = make_two(home)
    gone = "20260101-000000-gone-0000"
    app = AppTest.from_function(show, args=((folders[0].id, gone),), default_timeout=60).run()
    assert not app.exception and "1 run compared" in app.markdown[0].value


def test_a_run_that_is_named_twice_is_shown_once_and_more_than_can_be_told_apart_are_not(home: Path) -> None:
    folders = make_two(home)
    assert find_all([folders[0].id, folders[0].id]) == [folders[0]]
    assert len(find_all([create_run(linear(epochs=5)).id for _ in range(MOST + 2)])) == MOST


def test_runs_of_one_name_are_told_apart(home: Path) -> None:
    folders = [create_run(linear(epochs=count)) for count in (1, 2, 3)]
    assert name_runs(folders) == ["Linear regression", "Linear regression (2)", "Linear regression (3)"]


def test_what_differs_is_marked_and_everything_is_there(home: Path) -> None:
    settings = describe(make_two(home))["settings"]
    differing = {row["name"]: row["values"] for row in settings if row["differs"]}
    assert differing == {"adam.lr": ("0.01", "0.2")}
    assert {"run.seed", "run.max_steps"} <= {row["path"] for row in settings}


def test_numbers_of_all_runs_have_a_panel_with_the_end_that_is_good(home: Path) -> None:
    panels = describe([create_run(linear(epochs=1)), *make_two(home)])["panels"]
    assert [(panel["name"], panel["goal"]) for panel in panels] == [
        ("loss", "min"),
        ("mse", "min"),
        ("accuracy", "max"),
    ]


def test_a_damaged_run_stands_beside_the_others(home: Path) -> None:
    broken, *others = make_two(home)
    (broken.path / "project.json").write_text("{")
    told = describe([broken, *others])
    assert len(told["runs"]) == 2 and told["groups"] == []
    assert all(row["values"][0] == "–" for row in told["settings"])


def test_runs_that_differ_only_in_the_seed_are_one_group(home: Path) -> None:
    project = linear(epochs=5)
    seeds = [create_run(change_project(project, [f"run.seed={seed}"]), f"Line (seed {seed})") for seed in (1, 2, 3)]
    other = create_run(change_project(project, ["run.seed=4", "run.epochs=9"]))
    told = describe([*seeds, other])
    (group,) = told["groups"]
    assert group["runs"] == [folder.id for folder in seeds] and group["name"] == "Line, 3 seeds"
    assert describe([seeds[0], other])["groups"] == []


def test_the_graph_beside_the_first_is_the_next_one_that_is_another(home: Path) -> None:
    same = [create_run(linear(epochs=count)) for count in (1, 2)]
    assert describe_graphs(same, name_runs(same))["to"] == 1
    all = [*same, *make_two(home)]
    assert describe_graphs(all, name_runs(all))["to"] == 2


def test_no_two_lines_are_told_by_colour_alone() -> None:
    lines = [build_run_line(place, "run") for place in range(MOST)]
    looks = [(line["line"]["dash"], line["marker"]["symbol"]) for line in lines]
    assert all(one != other for one, other in itertools.combinations(looks, 2))
    assert build_band(3, "seeds")[2]["line"] == lines[3]["line"]


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
