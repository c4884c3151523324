"""A fork is the run's project with its weights, and what was typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.edits import apply_edits
from runtime.runs.folder import RunFolder
from runtime.weights.forking import find_parent
from runtime.weights.starting import drop_starts, foresee_start
from ui.runs.fork import list_changes, make_fork
from ui.training.fields import FieldError, write_value


@pytest.fixture
def texts(finished: RunFolder) -> dict[str, str]:
    """The fields as they stand before anybody types."""
    return {setting.key: write_value(setting.value) for setting in list_changes(finished.read_project())}


def test_a_fork_starts_from_the_weights_and_knows_its_parent(finished: RunFolder, texts: dict[str, str]) -> None:
    fork = make_fork(finished, None, texts)
    (sentence,) = foresee_start(fork)
    assert f"starts from {finished.read_meta()['name']}, step 2,000: all 2 tensors carried over" in sentence
    assert find_parent(fork) == finished.id
    assert find_parent(drop_starts(fork)) is None and find_parent(finished.read_project()) is None


def test_a_fork_changes_what_was_typed_and_nothing_else(finished: RunFolder, texts: dict[str, str]) -> None:
    rate = next(key for key in texts if key.endswith(".lr"))
    fork = make_fork(finished, None, {**texts, rate: "0.003", "epochs": "7"})
    project = finished.read_project()
    assert fork.run.epochs == 7 and fork.training.node(rate.removesuffix(".lr")).params["lr"] == 0.003
    unchanged = make_fork(finished, None, texts)
    assert unchanged.training == project.training and unchanged.run == project.run and unchanged.data == project.data


def test_a_value_that_is_not_taken_makes_no_fork(finished: RunFolder, texts: dict[str, str], home: Path) -> None:
    with pytest.raises(FieldError, match="Epochs"):
        make_fork(finished, None, {**texts, "epochs": "-1"})


def test_a_project_that_starts_from_other_weights_since_has_no_parent(
    finished: RunFolder, texts: dict[str, str]
) -> None:
    fork = make_fork(finished, None, texts)
    other = {"weights": {"origin": "a file", "sha256": "0" * 64}}
    edits = [{"op": "set_graph", "graph": f"networks.{name}", "fields": other} for name in fork.networks]
    assert find_parent(apply_edits(fork, edits)) is None
