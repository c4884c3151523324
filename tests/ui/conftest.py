"""A home of its own, a finished run in it, and a client of our routes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder, create_run
from runtime.runs.worker import work
from tests.runtime.runs.made import linear
from ui.doors.guard import Guard
from ui.doors.policy import Policy
from ui.routes import ROUTES
from ui.warmup import wait_until_loaded


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty LAYERLOOM_HOME."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that has ended, trained once."""
    folder = create_run(linear(epochs=2000), runs=tmp_path_factory.mktemp("trained"))
    assert work(folder).status == "finished"
    return folder.path


@pytest.fixture
def finished(home: Path, trained: Path) -> RunFolder:
    """A run of the straight line through four points that has ended, in a home of this test's own."""
    return RunFolder(shutil.copytree(trained, home / "runs" / trained.name))


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A browser on this computer."""
    wait_until_loaded()
    guard = Middleware(Guard, policy=Policy())
    with TestClient(Starlette(routes=ROUTES, middleware=[guard]), base_url="http://127.0.0.1:8501") as client:
        yield client
