"""The real server on a port of its own, with a home folder of its own, and a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60
expect.set_options(timeout=15_000)


@dataclass
class Server:
    """The running application: its address and its home folder."""

    address: str
    home: Path
    process: subprocess.Popen[bytes]


def find_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_server(home: Path) -> Server:
    port = find_free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "LAYERLOOM_HOME": str(home), "OMP_NUM_THREADS": "1"}
    log = (home / "server.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    log.close()
    server = Server(f"http://127.0.0.1:{port}", home, process)
    wait_until_up(server)
    return server


def wait_until_up(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.process.poll() is not None:
            break
        try:
            with urlopen(f"{server.address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError((server.home / "server.log").read_text(errors="replace"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The application, started once for all browser tests."""
    server = start_server(tmp_path_factory.mktemp("home"))
    yield server
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture(autouse=True)
def leave_no_training(request: pytest.FixtureRequest) -> Iterator[None]:
    """Leave no training behind for the next test, also where this one fails: it would wait for the device."""
    yield
    if "server" in request.fixturenames:
        stop_all_runs(request.getfixturevalue("server"))


def stop_all_runs(server: Server) -> None:
    """Stop what trains and what waits, and see that it is over."""
    end = time.monotonic() + PATIENCE
    while (active := list_active(server)) and time.monotonic() < end:
        for run in active:
            body = json.dumps({"action": "stop"}).encode()
            with suppress(HTTPError):
                urlopen(Request(f"{server.address}/api/runs/{run['id']}/control", data=body))
        time.sleep(0.3)


def list_active(server: Server) -> list[dict[str, Any]]:
    """The runs that train or wait."""
    with urlopen(f"{server.address}/api/runs") as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def find_chromium() -> str | None:
    """The path of a Chromium, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium. Without one the tests are skipped, in CI that is a failure."""
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("LAYERLOOM_REQUIRE_BROWSER"):
            pytest.fail("There is no Chromium on the PATH, and LAYERLOOM_REQUIRE_BROWSER asks for the browser tests.")
        pytest.skip("There is no Chromium on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab of a fresh browser profile. An error in the page's own code fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert not faults, faults
