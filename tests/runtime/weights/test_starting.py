"""A run starts from the weights of another one, where they fit, and so does its exported code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from builder.document import Project, Weights
from builder.edits import apply_edits
from runtime.data.home import open_folder
from runtime.export.runs import export_prepared, export_run
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.store import notices, scalars
from runtime.runs.weights import read_snapshot
from runtime.runs.worker import work
from runtime.weights.forking import fork_project
from runtime.weights.library import keep_weights, load_weights
from runtime.weights.starting import drop_starts, foresee_start, gather_start
from tests.runtime.runs.made import environment, iris

NETWORK = "networks.model"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return tmp_path


def train(project: Project) -> RunFolder:
    folder = create_run(project)
    assert work(folder).status == "finished"
    return folder


def fork(folder: RunFolder, *edits: dict[str, Any]) -> Project:
    """The project of a run with the weights that it ended with, and then edited."""
    (network,) = folder.read_project().networks
    weights = keep_weights(read_snapshot(folder).weights[network], "the first run")
    start = {"op": "set_graph", "graph": f"networks.{network}", "fields": {"weights": weights.model_dump()}}
    return apply_edits(folder.read_project(), [start, *edits])


def test_training_goes_on_from_the_weights_and_not_from_fresh_ones(home: Path) -> None:
    first = train(iris("run.epochs=20"))
    (network,) = first.read_project().networks
    second = train(fork(first, {"op": "set", "path": "run.epochs", "value": 1}))
    assert notices(second)[0].startswith(f'Network "{network}" starts from the first run: all ')
    losses = [scalars(folder).query("split == 'train' and name == 'loss'")["value"] for folder in (first, second)]
    assert losses[1].iloc[0] < losses[0].iloc[0] / 2


def test_an_edited_graph_takes_what_fits_and_says_what_does_not(home: Path) -> None:
    first = train(iris("run.epochs=2"))
    (network,) = first.read_project().networks
    graph = f"networks.{network}"
    changed = fork(first, {"op": "set_param", "graph": graph, "id": "linear1", "name": "out_features", "value": 25})
    (sentence,) = foresee_start(changed)
    assert "linear1.weight (25×4 here, 24×4 there)" in sentence and "linear2.bias" not in sentence
    assert notices(train(changed))[0] == sentence


def test_weights_stay_when_their_run_goes(home: Path) -> None:
    weights = keep_weights({"fc.weight": torch.arange(4.0)}, "a run")
    again = keep_weights({"fc.weight": torch.arange(4.0)}, "another run")
    assert weights.sha256 == again.sha256 and len(list(open_folder("weights").iterdir())) == 1
    assert torch.equal(load_weights(weights)["fc.weight"], torch.arange(4.0))


def test_weights_that_are_gone_or_damaged_end_the_run_with_a_sentence(home: Path) -> None:
    first = train(iris("run.epochs=1"))
    project = fork(first)
    (file,) = open_folder("weights").iterdir()
    file.write_bytes(file.read_bytes()[:-4] + b"abcd")
    outcome = work(create_run(project))
    assert outcome.status == "failed" and "the first run) are damaged" in outcome.reason
    file.unlink()
    outcome = work(create_run(project))
    assert "are not on this computer" in outcome.reason and "start from fresh weights" in outcome.advice
    assert work(create_run(drop_starts(project))).status == "finished"


def test_a_fork_keeps_what_tensors_are_called_elsewhere(home: Path) -> None:
    named = Weights(origin="a class", names={"linear1": "layers.0"})
    edit = {"op": "set_graph", "graph": "networks.model", "fields": {"weights": named.model_dump()}}
    forked = fork_project(train(apply_edits(iris("run.epochs=1"), [edit])))
    (sentence,) = foresee_start(forked)
    assert "all 9 tensors carried over" in sentence, sentence
    weights = forked.networks["model"].weights
    assert weights is not None and "layers.0.weight" in load_weights(weights)
    fresh = drop_starts(forked).networks["model"].weights
    assert fresh is not None and fresh.sha256 is None and fresh.names == named.names


def test_a_fork_keeps_tensors_apart_of_which_one_bears_the_name_of_another_elsewhere(home: Path) -> None:
    named = Weights(origin="a class", names={"linear1": "linear2"})
    edit = {"op": "set_graph", "graph": "networks.model", "fields": {"weights": named.model_dump()}}
    run = train(apply_edits(iris("run.epochs=1"), [edit]))
    for _ in range(2):
        forked = fork_project(run)
        assert "all 9 tensors carried over" in foresee_start(forked)[0]
        started = gather_start(forked)["model"]
        assert all(torch.equal(started[name], tensor) for name, tensor in read_snapshot(run).weights["model"].items())
        run = train(forked)


@pytest.mark.parametrize("sha256", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_a_checksum_that_is_none_leads_nowhere(home: Path, sha256: str) -> None:
    with pytest.raises(RunError, match="no SHA-256 checksum"):
        load_weights(Weights(origin="a file", sha256=sha256))


@pytest.mark.slow
def test_exported_code_starts_from_the_same_weights_and_repeats_the_run(home: Path) -> None:
    first = train(iris("run.epochs=3"))
    second = train(fork(first, {"op": "set", "path": "run.seed", "value": 7}))
    files = export_run(second).folder
    data = export_prepared(second)
    command = [sys.executable, "train.py", "--data", str(data)]
    subprocess.run(command, cwd=files, env=environment(home), check=True, capture_output=True, timeout=120)
    trained, exported = load_file(files / "trained.safetensors"), load_file(files / "model.safetensors")
    assert trained.keys() == exported.keys()
    assert all(torch.equal(trained[name], exported[name]) for name in exported)
