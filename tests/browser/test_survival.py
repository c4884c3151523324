"""The server is killed while it trains; nothing that was shown is lost, and the run ends with the weights it would have had."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from runtime.runs.folder import RunFolder
from runtime.runs.weights import read_weights
from tests.browser.conftest import ROOT, Server, start_server
from tests.browser.test_train import button, read_step, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EPOCHS = 400


def store_project(server: Server) -> tuple[str, Path]:
    """A small network that trains for a while, as a project on the disk."""
    project = json.loads((ROOT / "presets" / "mnist_mlp.json").read_text())
    project["run"] |= {"epochs": EPOCHS, "threads": 1}
    id = uuid.uuid4().hex[:12]
    (server.home / "projects").mkdir(exist_ok=True)
    file = server.home / "projects" / f"{id}.json"
    file.write_text(json.dumps(project))
    return id, file


def train_uncut(file: Path, home: Path) -> RunFolder:
    """The same project trained from a shell, in one go."""
    command = [sys.executable, "-m", "runtime", "train", str(file), "--runs", str(home / "uncut")]
    environment = {**os.environ, "LAYERLOOM_HOME": str(home), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return RunFolder(Path(json.loads(done.stdout.strip().splitlines()[-1])["folder"]))


def test_a_killed_server_loses_nothing_and_the_run_ends_with_the_same_weights(page: Page, tmp_path: Path) -> None:
    server = start_server(tmp_path)
    id, file = store_project(server)
    page.goto(f"{server.address}/train?project={id}")
    button(page, "Train").click()
    wait_for(page, "running")
    expect(page.locator(".ll-facts")).to_contain_text("step", timeout=60_000)
    page.wait_for_timeout(2500)
    shown = read_step(page)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(20)

    server = start_server(tmp_path)
    try:
        page.goto(f"{server.address}/train?project={id}")
        wait_for(page, "interrupted")
        assert read_step(page) >= shown
        button(page, "Resume").click()
        expect(page.locator('[data-status="finished"]')).to_be_visible(timeout=240_000)
    finally:
        server.process.terminate()
        server.process.wait(20)

    (folder,) = [RunFolder(path) for path in (tmp_path / "runs").iterdir() if (path / "run.db").is_file()]
    resumed, uncut = read_weights(folder), read_weights(train_uncut(file, tmp_path))
    assert resumed.keys() == uncut.keys()
    for network, tensors in uncut.items():
        for name, tensor in tensors.items():
            assert tensor.equal(resumed[network][name]), name
