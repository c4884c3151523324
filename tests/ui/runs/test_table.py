from __future__ import annotations

from pathlib import Path

import pytest

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.listing import list_runs
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, linear
from ui.runs.measures import SPARKS, thin
from ui.runs.table import build_table, describe_latest, describe_seconds
from ui.training.start import find_latest, mark_origin


def test_a_run_is_a_row_with_its_curve_and_its_result(finished: RunFolder) -> None:
    row = build_table(list_runs()).iloc[0]
    assert row["Status"] == "Finished" and row["Metric"] == "loss" and row["Best"] < 1e-3
    assert len(row["Curve"]) == SPARKS and row["Curve"][0] > row["Curve"][-1]
    assert row["Epochs"] == "2000" and row["Duration"] and row["Device"]


def test_a_run_that_keeps_no_best_is_judged_by_its_loss_beside_one_that_does(finished: RunFolder) -> None:
    kept = create_run(iris("run.max_steps=30"))
    assert work(kept).status == "finished"
    table = build_table(list_runs()).set_index("Metric")
    assert set(table.index) == {"loss", kept.read_project().run.keep_best.metric}
    assert all(len(points) > 0 for points in table["Curve"]) and table["Best"].notna().all()


def test_a_run_of_rivals_has_a_curve_and_no_best_value(home: Path) -> None:
    folder = create_run(change_project(read_project("gan"), ["run.max_steps=2", "data.main.limit=60"]))
    assert work(folder).status == "finished"
    table = build_table(list_runs())
    assert "loss" in table["Metric"][0] and len(table["Curve"][0]) > 0 and table["Best"].isna().all()


def test_a_run_that_only_waits_has_an_empty_row(home: Path) -> None:
    create_run(linear(epochs=5))
    create_run(iris())
    table = build_table(list_runs())
    assert list(table["Device"]) == ["", ""] and table["Best"].isna().all() and "None" not in set(table["Metric"])


def test_a_run_says_what_it_changed_from_the_one_of_its_project_before(home: Path) -> None:
    create_run(mark_origin(linear(epochs=5), "mine"))
    create_run(mark_origin(linear(epochs=99), "another"))
    create_run(mark_origin(linear(epochs=7), "mine"))
    runs = list_runs().sort_values("created", ascending=False)
    assert list(build_table(runs)["Changed"]) == ["run.epochs 7", "", ""]


def test_the_latest_run_of_a_project_is_found_again(home: Path) -> None:
    folder = create_run(mark_origin(linear(epochs=5), "mine"))
    create_run(linear(epochs=5))
    found = find_latest("mine")
    assert found is not None and found.id == folder.id and find_latest("other") is None
    with folder.lock():
        assert describe_latest() == {"mine": "queued"}
    work(folder)
    assert describe_latest() == {"mine": "finished"}


def test_a_damaged_run_does_not_hide_the_others(finished: RunFolder) -> None:
    broken = create_run(linear(epochs=5))
    (broken.path / "project.json").write_text("{")
    assert len(build_table(list_runs())) >= 1


@pytest.mark.parametrize(("seconds", "text"), [(8, "8.0 s"), (200, "3 m 20 s"), (3900, "1 h 5 m"), (None, "")])
def test_durations_are_short(seconds: float | None, text: str) -> None:
    assert describe_seconds(seconds) == text


def test_a_long_curve_keeps_its_ends() -> None:
    values = thin([float(number) for number in range(1000)])
    assert len(values) == SPARKS and values[0] == 0 and values[-1] == 999
