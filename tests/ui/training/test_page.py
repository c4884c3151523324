"""What the head of the train page says about a project."""

from __future__ import annotations

from pathlib import Path

from builder.document import Project
from runtime.data.home import find_dataset
from runtime.runs.folder import RunFolder
from ui.session import load_preset
from ui.training.page import describe_training, take_facts


def load_mnist() -> Project:
    project = load_preset("mnist_cnn")
    assert project is not None
    return project


def keep_run(home: Path, project: Project) -> RunFolder:
    folder = RunFolder(home / "runs" / "20260101-000000-run")
    folder.path.mkdir(parents=True)
    folder.write_project(project)
    return folder


def find_real_data(project: Project) -> Project:
    main = project.data["main"]
    assert main.facts is not None
    facts = main.facts.model_copy(update={"origin": 0, "counts": {"train": 54_000}})
    return project.model_copy(update={"data": {"main": main.model_copy(update={"facts": facts})}})


def test_the_head_tells_the_data_that_the_run_really_learned_from(home: Path) -> None:
    project = load_mnist()
    assert describe_training(project).startswith(r"MNIST \(stand\-in\: digits\) · 1,617 samples")
    run = keep_run(home, find_real_data(project))
    assert describe_training(take_facts(project, run)).startswith("MNIST · 54,000 samples")


def test_what_a_run_found_in_other_data_tells_nothing(home: Path) -> None:
    project = load_mnist()
    run = keep_run(home, find_real_data(project))
    main = project.data["main"].model_copy(update={"limit": 100})
    other = project.model_copy(update={"data": {"main": main}})
    assert take_facts(other, run) == other
    assert take_facts(project, None) == project


def test_a_stand_in_is_not_counted_where_the_data_itself_lies_on_this_machine(home: Path) -> None:
    project = load_mnist()
    folder = find_dataset("ylecun/mnist")
    folder.mkdir(parents=True)
    (folder / "train.parquet").write_bytes(b"pictures")
    assert describe_training(project).startswith(r"MNIST · 54\.4 k parameters")
