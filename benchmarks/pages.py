"""How fast a run trains while pages ask for its news, as a part of how fast it trains when nobody looks.

No browser is in it: pollers ask the real server for the run's events as pages do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from runtime.runs import store
from runtime.runs.folder import RunFolder, list_folders
from tests.browser.conftest import Server, start_server

WINDOW_SECONDS = 3.0
SETTLING_SECONDS = 0.5
POLL_SECONDS = 0.3
PATIENCE_SECONDS = 60.0

Pair = tuple[float, float]


def measure_pages(pages: int, pairs: int) -> list[Pair]:
    """Seconds of a step with nobody looking, and with so many pages, in windows of one run that alternate."""
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, train(Path(home)) as folder:
        read_progress(folder, 10)
        found = []
        for pair in range(pairs):
            times = {}
            for count in (0, pages) if pair % 2 else (pages, 0):
                with poll(server, folder, count):
                    times[count] = measure_window(folder)
            found.append((times[0], times[pages]))
        return found


@contextmanager
def serve(home: Path) -> Iterator[Server]:
    """The real server."""
    server = start_server(home)
    yield server
    server.process.terminate()
    server.process.wait(20)


@contextmanager
def train(home: Path) -> Iterator[RunFolder]:
    """A run of the MLP for digits that does not end by itself."""
    environment = {**os.environ, "LAYERLOOM_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "runtime", "train", "mnist_mlp", "--set", "run.epochs=1000000"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (folders := list_folders(home / "runs")) and time.monotonic() < give_up:
            time.sleep(0.1)
        yield folders[0]
        process.terminate()


def read_progress(folder: RunFolder, least: int = 0) -> Pair:
    """Steps that are done, and the seconds of training until then; waits for so many steps."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        with suppress(Exception):
            progress = store.since(folder)["progress"]
            if progress and progress["step"] > least:
                return float(progress["step"]), float(progress["seconds"])
        time.sleep(0.1)
    raise RuntimeError("The run does not get on.")


def measure_window(folder: RunFolder) -> float:
    """Seconds of a step, over a window, as the run counts them itself."""
    time.sleep(SETTLING_SECONDS)
    step, seconds = read_progress(folder)
    time.sleep(WINDOW_SECONDS)
    later, then = read_progress(folder, int(step))
    return (then - seconds) / (later - step)


@contextmanager
def poll(server: Server, folder: RunFolder, pages: int) -> Iterator[None]:
    """Pages that ask for news as often as pages do, each with a cursor of its own."""
    over = threading.Event()
    threads = [threading.Thread(target=ask_again, args=(server, folder, over), daemon=True) for _ in range(pages)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


def ask_again(server: Server, folder: RunFolder, over: threading.Event) -> None:
    """The asking of one page."""
    cursor = ""
    while not over.wait(POLL_SECONDS):
        with urlopen(f"{server.address}/api/runs/{folder.id}/events{cursor}") as answer:
            cursor = f"?since={quote(json.load(answer)['cursor'])}"
