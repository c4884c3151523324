"""The train page tells what the checker says of its own settings, and of nothing else."""

from __future__ import annotations

from typing import Any

from builder.analysis import analyse
from builder.document import Project
from builder.edits import apply_edits
from runtime.runs.project_file import change_project, read_project
from ui.training.hints import find_hints


def hints(project: Project) -> list[dict[str, Any]]:
    return find_hints(project, analyse(project)["findings"])


def test_a_batch_larger_than_its_data_is_told_with_what_mends_it() -> None:
    project = change_project(read_project("mlp_iris"), ["training.data.batch_size=1000"])
    (hint,) = hints(project)
    assert hint["message"].startswith('Data "data": a batch is to hold 1,000 samples, and "main" has 120 to train with')
    for repair in hint["repairs"]:
        assert hints(apply_edits(project, repair["edits"])) == []


def test_what_is_said_of_other_places_stays_on_the_canvas() -> None:
    project = change_project(read_project("mlp_iris"), ["training.data.sampling=balanced", "training.data.leads=false"])
    assert analyse(project)["findings"] and hints(project) == []
