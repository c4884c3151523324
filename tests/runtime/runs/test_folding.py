"""Cross-validation: a run for each fold, and their numbers as one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from builder.document import Project
from builder.loading import load_project
from runtime.data.prepare import prepare
from runtime.runs.errors import RunError
from runtime.runs.folder import find_run
from runtime.runs.folding import list_folds
from runtime.runs.groups import list_groups, summarise
from runtime.runs.intervals import find_interval
from runtime.runs.listing import list_runs
from runtime.runs.supervisor import Supervisor
from tests.runtime.runs.made import linear, wait_for

PRESETS = Path(__file__).parents[3] / "presets"


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    """A supervisor with one device."""
    supervisor = Supervisor(devices=("cpu",))
    yield supervisor
    supervisor.close()


def test_a_project_is_trained_once_for_each_fold(supervisor: Supervisor) -> None:
    project = linear(epochs=3, executor="thread")
    runs = supervisor.cross_validate(project, 3, "Line")
    wait_for(lambda: all(supervisor.status(run) == "finished" for run in runs))
    projects = [find_run(run).read_project() for run in runs]
    assert [found.data["main"].split.fold.index for found in projects] == [0, 1, 2]  # type: ignore[union-attr]
    assert {found.run.seed for found in projects} == {project.run.seed}
    (group,) = list_groups(list_runs())
    assert (group.name, group.kind, group.runs, group.finished) == ("Line", "folds", tuple(runs), 3)
    losses = list_runs().set_index("id").loc[runs]["metrics"].map(lambda metrics: metrics["validation"]["loss"])
    (loss,) = [number for number in group.numbers if (number.split, number.name) == ("validation", "loss")]
    assert loss.values == tuple(losses) and len(set(losses)) == 3
    assert (loss.mean, loss.half) == find_interval(list(losses))


def test_the_test_part_is_in_no_fold(home: Path) -> None:
    project = load_project((PRESETS / "mlp_iris.json").read_bytes())
    source = project.data["main"]
    split = source.split.model_copy(update={"test": 0.25})
    project = project.model_copy(update={"data": {"main": source.model_copy(update={"split": split})}})
    kept = set(prepare(project)["main"].rows["test"][1].tolist())
    validated: list[int] = []
    for folded, _ in list_folds(project, 4)[0]:
        rows = {part: found.tolist() for part, (_, found) in prepare(folded)["main"].rows.items()}
        assert set(rows["test"]) == kept
        assert not kept & {*rows["train"], *rows["validation"]} and not set(rows["train"]) & set(rows["validation"])
        validated += rows["validation"]
    assert len(validated) == len(set(validated)) == 150 - len(kept)


@pytest.mark.parametrize("count", [1, 21])
def test_too_few_folds_and_too_many_are_refused(count: int) -> None:
    with pytest.raises(RunError, match="2 to 20 folds"):
        list_folds(linear(), count)


def test_without_data_there_is_nothing_to_divide() -> None:
    with pytest.raises(RunError, match="no data"):
        list_folds(Project(), 5)


def test_only_what_every_run_measured_is_told_of_all() -> None:
    results = [
        {"train": {"loss": 9.0}, "validation": {"loss": 1.0, "auroc": math.nan}},
        {"validation": {"loss": 3.0, "auroc": 0.5}},
    ]
    (loss,) = summarise(results)
    assert (loss.name, loss.values, loss.mean) == ("loss", (1.0, 3.0), 2.0)
    assert loss.half == pytest.approx(12.706, abs=1e-3)
    assert summarise([]) == []
