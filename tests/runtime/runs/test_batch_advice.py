"""Which batch would fit is found by training with less, under a limit of memory that is real."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from runtime.runs import batch_advice
from runtime.runs.batch_advice import advise_batch, find_fitting, halve, read_batch_sizes, tell_found, with_batch_sizes
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work
from tests.runtime.runs.made import ROOT, environment, linear

SCARCE = """
import json, re, resource, sys
from pathlib import Path
import torch
from runtime.data.prepare import prepare
from runtime.runs.batch_advice import find_fitting, tell_found
from runtime.runs.folder import RunFolder
from runtime.runs.worker import work
from runtime.session import Session
folder = RunFolder(Path(sys.argv[1]))
project = folder.read_project()
prepared = prepare(project)
session = Session.create(project, prepared, torch.device("cpu"))
session.feeds["data"].params = session.feeds["data"].params.model_copy(update={"batch_size": 1})
session.feeds["data"].start_epoch(0)
session.run_step()  # what PyTorch takes at its first step is taken
del session
used = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]) * 2**20,) * 2)
outcome = work(folder)
fitting, failing = find_fitting(project, prepared, torch.device("cpu"), lambda: True)
print(json.dumps([outcome.status, outcome.reason, outcome.advice, fitting, failing]))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory is limited by RLIMIT_AS, which only Linux keeps"
)
def test_memory_that_is_too_small_ends_a_run_with_a_batch_that_fits(home: Path) -> None:
    project = change_project(
        read_project("mnist_cnn"), ["training.data.batch_size=1024", "run.max_steps=3", "run.threads=1"]
    )
    embedded = [origin for origin in project.data["main"].origins if origin.kind == "embedded"]
    source = project.data["main"].model_copy(update={"origins": tuple(embedded)})
    folder = create_run(project.model_copy(update={"data": {"main": source}}))
    done = subprocess.run(
        [sys.executable, "-c", SCARCE, folder.path, "120"],
        env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    status, reason, advice, fitting, failing = json.loads(done.stdout.splitlines()[-1])
    assert (status, reason) == ("failed", "The memory is too small for this run.")
    assert 'Set batch_size to 512 in the Data node "data" and train again' in advice
    assert failing["data"] == 2 * fitting["data"] and 1 <= fitting["data"] < 1024


def test_the_first_half_that_fits_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fits(project: object, prepared: object, device: object) -> bool:
        tried.append(read_batch_sizes(project)["data"])  # type: ignore[arg-type]
        return tried[-1] <= 16

    monkeypatch.setattr(batch_advice, "fits", fits)
    project = with_batch_sizes(linear(), {"data": 100})
    advice = advise_batch(project, {}, torch.device("cuda"), lambda: True)
    assert tried == [50, 25, 12]
    assert advice == 'Set batch_size to 12 in the Data node "data" and train again: that fits, 25 does not.'


def test_where_not_even_one_sample_fits_that_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_advice, "fits", lambda *arguments: False)
    project = with_batch_sizes(linear(), {"data": 8})
    assert tell_found(*find_fitting(project, {}, torch.device("cuda"), lambda: True)) == (
        "Not even a batch_size of 1 fits: make the network or its input smaller."
    )


def test_trying_ends_when_the_run_is_asked_to_end(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_advice, "fits", lambda *arguments: False)
    project = with_batch_sizes(linear(), {"data": 8})
    assert find_fitting(project, {}, torch.device("cuda"), lambda: False) == ({}, {"data": 8})
    assert halve({"a": 8, "b": 1}) == {"a": 4, "b": 1}


def test_a_fresh_session_is_tried_for_real(home: Path) -> None:
    folder = create_run(linear(epochs=2))
    assert work(folder).status == "finished"
    from runtime.data.prepare import prepare

    project = folder.read_project()
    fitting, failing = find_fitting(
        with_batch_sizes(project, {"data": 4}), prepare(project), torch.device("cpu"), lambda: True
    )
    assert (fitting, failing) == ({"data": 2}, {"data": 4})
