"""A run beside baselines: kept in its folder, found again, told in a shell."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.document import Project
from runtime.__main__ import main
from runtime.insight.baselines.comparing import CHANGED, compare_run
from runtime.insight.baselines.reading import FILE, read_comparison
from runtime.runs.errors import RunError
from runtime.runs.folder import create_run
from runtime.runs.listing import read_row
from runtime.runs.project_file import read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, make_folder


def test_what_a_run_is_compared_with_is_kept_in_its_folder(home: Path) -> None:
    folder = create_run(iris("run.epochs=1"))
    assert read_comparison(folder) is None
    told: list[float] = []
    compared = compare_run(folder, lambda doing, done: told.append(done))
    assert told == sorted(told) and told[-1] < 1
    assert read_comparison(folder) == compared and (folder.path / FILE).is_file()
    assert [found["name"] for found in compared["baselines"]] == ["constant", "linear"]
    assert compared["notices"] == []


def test_baselines_are_measured_as_the_run_is(home: Path) -> None:
    folder = create_run(iris("run.epochs=1"))
    work(folder)
    row = read_row(folder)
    assert row is not None
    measured = set(row["metrics"]["validation"])
    for found in compare_run(folder)["baselines"]:
        assert set(found["metrics"]) == {"validation"}
        assert set(found["metrics"]["validation"]) == measured


def test_a_shell_prints_the_run_and_its_baselines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = create_run(iris("run.epochs=1"))
    work(folder)
    assert main(["baseline", folder.id]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("This run\n    validation: ")
    assert "Linear model\n    validation: " in printed
    assert "Logistic regression on 4 columns, fitted to the 120 training samples." in printed


def test_data_that_changed_since_the_run_is_told(home: Path) -> None:
    folder = create_run(iris("run.epochs=1"))
    work(folder)
    project = folder.read_project()
    name, source = next(iter(project.data.items()))
    assert source.facts is not None
    other = source.model_copy(update={"facts": source.facts.model_copy(update={"fingerprint": "another"})})
    folder.write_project(project.model_copy(update={"data": {name: other}}))
    assert compare_run(folder)["notices"] == [CHANGED]


def test_where_nothing_is_asked_of_data_there_is_no_baseline(home: Path) -> None:
    with pytest.raises(RunError, match=r"no baseline to compare with\. The project has no data"):
        compare_run(make_folder(home / "runs"))
    project = iris()
    unasked = Project.model_validate({**project.model_dump(), "training": {"nodes": [], "edges": []}})
    with pytest.raises(RunError, match="No loss of this project compares"):
        compare_run(create_run(unasked))


@pytest.mark.parametrize("content", ["", "[]", '{"baselines": 3}'])
def test_a_file_that_is_no_comparison_is_none(home: Path, content: str) -> None:
    folder = make_folder(home / "runs")
    (folder.path / FILE).write_text(content)
    assert read_comparison(folder) is None


@pytest.mark.parametrize(
    "preset", ["seq2seq_attention", "transformer_translation", "char_gpt", "text_bilstm", "lstm_forecast"]
)
def test_presets_of_texts_and_series_are_compared_by_their_own_metrics(home: Path, preset: str) -> None:
    made = compare_run(create_run(read_project(preset)))["baselines"]
    metrics = {node.id for node in read_project(preset).training.nodes} & {"bleu", "accuracy", "perplexity", "mase"}
    told = {name for baseline in made for part in baseline.get("metrics", {}).values() for name in part}
    assert metrics <= told
    assert all("reason" not in baseline for baseline in made)


def test_what_lies_on_a_line_is_found_by_a_linear_model(home: Path) -> None:
    made = {found["name"]: found for found in compare_run(create_run(read_project("linear_regression")))["baselines"]}
    assert made["linear"]["metrics"]["train"]["mse"] < 1e-6
