"""A forecast belongs to one state of a project, is shown for no other, and gives way to a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from builder.document import Project
from builder.edits import apply_edits
from runtime.data.job import Job
from runtime.forecast.costs import Forecast
from runtime.runs import supervisor
from runtime.runs.project_file import change_project, read_project
from ui.projects import Stored
from ui.training import forecast
from ui.training.forecast import JOBS, begin, name_state
from ui.training.start import repeat_run, start_run

FOUND = Forecast(1.0, 10, 20, 5, 0.1, 16, 64, 64)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    JOBS.clear()


@pytest.fixture
def project() -> Project:
    return read_project("mlp_iris")


def endless(project: Project, report: Callable[[str, float], None]) -> Forecast:
    """Something that is measured until nobody wants it any more."""
    while True:
        report("measuring", 0.0)
        time.sleep(0.01)


@pytest.mark.parametrize(
    "setting", ["run.epochs=3", "training.data.batch_size=8", "run.seed=7", "data.main.split.validation=0.5"]
)
def test_another_setting_is_another_state(project: Project, setting: str) -> None:
    assert name_state(change_project(project, [setting])) != name_state(project)


def test_other_data_is_another_state(project: Project) -> None:
    source = project.data["main"]
    other = source.model_copy(update={"origins": (source.origins[0].model_copy(update={"name": "wine"}),)})
    assert name_state(project.model_copy(update={"data": {"main": other}})) != name_state(project)


def test_where_a_node_stands_and_what_the_project_is_called_change_nothing(project: Project) -> None:
    moved = [
        {"op": "move", "graph": "training", "positions": {project.training.nodes[0].id: [400, 300]}},
        {"op": "set", "path": "name", "value": "Another"},
    ]
    changed = apply_edits(project, moved)
    assert changed != project and name_state(changed) == name_state(project)


def test_what_was_found_stays_with_its_state(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "forecast_run", lambda project, report: FOUND)
    begin(project, name_state(project))
    job = JOBS.find(name_state(project))
    assert isinstance(job, Job) and job.wait(10) and job.result == FOUND
    assert JOBS.find(name_state(change_project(project, ["run.epochs=3"]))) is None


@pytest.mark.parametrize("start", [start_run, lambda stored: repeat_run(stored, 2)])
def test_a_run_that_starts_ends_what_is_being_measured(
    home: object, project: Project, monkeypatch: pytest.MonkeyPatch, start: Callable[[Stored], object]
) -> None:
    monkeypatch.setattr(forecast, "forecast_run", endless)
    monkeypatch.setattr(supervisor, "start", lambda project, parent: "run1")
    monkeypatch.setattr(supervisor, "repeat", lambda project, count, parent: ["run1"])
    begin(project, "this")
    job = JOBS.find("this")
    assert job is not None and job.is_running
    start(Stored("mine", project, revision=1))
    assert job.wait(10) and job.result is None
    assert JOBS.find("this") is None


def test_only_one_is_measured_at_a_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forecast, "forecast_run", endless)
    begin(project, "first")
    first = JOBS.find("first")
    begin(project, "second")
    second = JOBS.find("second")
    assert first is not None and first.wait(10)
    assert second is not None and second.is_running
