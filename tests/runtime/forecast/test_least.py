"""What cannot have room is told from the shapes alone."""

from __future__ import annotations

import pytest

from builder.document import Project
from runtime.forecast import least
from runtime.forecast.batches import count_most
from runtime.forecast.least import find_least, find_misfit
from runtime.forecast.words import describe_forecast
from runtime.runs.project_file import change_project, read_project


@pytest.fixture
def project() -> Project:
    return read_project("mnist_mlp")


def test_what_fits_is_not_spoken_of(project: Project) -> None:
    assert find_misfit(project) is None


def test_weights_and_gradients_are_there_in_any_case(project: Project) -> None:
    assert find_least(project).fixed == 2 * 4 * sum(parameter.numel() for parameter in build(project))


def test_a_network_that_no_batch_makes_fit_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(least, "find_free", lambda: 100_000)
    misfit = find_misfit(project)
    assert misfit is not None and misfit.largest == 0
    assert describe_forecast(misfit).endswith("and 100 kB are free. Make the network or its input smaller.")


def test_a_batch_that_cannot_fit_is_told_with_the_largest_that_may(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    growth = find_least(project)
    monkeypatch.setattr(least, "find_free", lambda: int((growth.fixed + 100 * growth.row) / 0.9) + 1)
    misfit = find_misfit(change_project(project, ["training.data.batch_size=4096"]))
    assert misfit is not None and (misfit.batch, misfit.largest) == (4096, 64)
    assert misfit.advice == 'Set batch_size to 64 in the Data node "data": that may fit.'
    assert not find_misfit(change_project(project, ["training.data.batch_size=100"]))


def test_a_batch_is_never_larger_than_the_data(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    growth, most = find_least(project), count_most(project)
    assert most > 1
    monkeypatch.setattr(least, "find_free", lambda: int(growth.at(most)) + 1)
    assert find_misfit(change_project(project, ["training.data.batch_size=1000000"])) is None


def test_what_blocks_put_out_counts_as_often_as_they_are_used() -> None:
    flat, deep = find_least(read_project("mnist_cnn")), find_least(read_project("resnet18_cifar"))
    assert deep.row > 10 * flat.row > 0


def build(project: Project) -> list:  # type: ignore[type-arg]
    from builder.compiler import build_network

    return [parameter for name in project.networks for parameter in build_network(project, name).parameters()]
