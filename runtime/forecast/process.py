"""A forecast in a process of its own, which can be ended at any moment and is bounded in time and memory."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import runtime
from builder.document import Project
from runtime.data.located import Report
from runtime.forecast.costs import Forecast
from runtime.forecast.least import find_misfit
from runtime.runs.admission import admit
from runtime.runs.errors import RunError
from runtime.runs.folder import DRAFT, create_run, runs_folder, saying

LONGEST_SECONDS = 180.0
LOOK_SECONDS = 0.05
GONE = 3
Json = dict[str, Any]
DOING = "doing"
"""The name of what is told before there is an answer."""
BEGINNING = "loading PyTorch"


def forecast_run(
    project: Project, report: Report | None = None, runs: Path | None = None, clock: str = "wall"
) -> Forecast:
    """Have a process measure what a run of a project will take, unless its shapes say already that it has no room.

    Args:
        project: what would be trained.
        report: asked again and again while it is measured. Raising from it ends the process.
        runs: the folder of all runs.
        clock: ``wall``, or ``processor`` for the process's own work alone.

    Raises:
        RunRefused: The project has errors.
        RunError: It cannot be trained, or it takes too long to be measured.
    """
    admit(project)
    misfit = find_misfit(project)
    if misfit is not None:
        return misfit
    with make_place(runs) as place:
        folder = create_run(project, runs=place)
        with start_process(folder.path, clock) as process:
            return read_answer(process, wait_for(process, report))


@contextmanager
def make_place(runs: Path | None) -> Iterator[Path]:
    """A folder beside the runs, on the same disk, which is no run. What a crash leaves of it is swept away with drafts."""
    home = runs_folder(runs)
    with saying("What a run takes cannot be measured."):
        home.mkdir(parents=True, exist_ok=True)
        place = tempfile.TemporaryDirectory(prefix=f"{DRAFT}forecast-", dir=home, ignore_cleanup_errors=True)
    with place as name:
        yield Path(name)


@contextmanager
def start_process(folder: Path, clock: str) -> Iterator[subprocess.Popen[bytes]]:
    """The process that measures, in a session of its own; it is gone when it is left."""
    root = str(Path(runtime.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime", "measure", str(folder), clock, str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()
    except ProcessLookupError:
        pass


def wait_for(process: subprocess.Popen[bytes], report: Report | None) -> Json:
    """Wait for its answer or its end, as long as somebody wants to know. Raises RunError where it takes too long.

    Returns:
        Its answer; empty where it ended without one.
    """
    begun, said = time.monotonic(), list[Json]()
    listener = threading.Thread(target=listen, args=(process, said), daemon=True)
    listener.start()
    while listener.is_alive():
        doing = said[-1].get(DOING, "") if said else BEGINNING
        passed = time.monotonic() - begun
        if report is not None:
            report(f"{doing} · {passed:.0f} s", 0.0)
        if passed > LONGEST_SECONDS:
            raise RunError(
                f"A few steps took longer than {LONGEST_SECONDS:.0f} seconds, so what the run takes was not measured.",
                "Smaller batches are measured sooner.",
            )
        listener.join(LOOK_SECONDS)
    return said[-1] if said and DOING not in said[-1] else {}


def listen(process: subprocess.Popen[bytes], said: list[Json]) -> None:
    """Keep what a process says, up to its answer: that it then puts its things away may take seconds.

    Lines that are nothing of ours, such as what a library prints, are passed over.
    """
    assert process.stdout is not None
    with suppress(ValueError):  # its output is closed where nobody waits any more
        for line in process.stdout:
            word = read_word(line)
            said.extend(filter(None, [word]))
            if word and DOING not in word:
                return


def read_word(line: bytes) -> Json:
    """What a line says; nothing where it is none of ours."""
    with suppress(ValueError):
        word = json.loads(line)
        return word if isinstance(word, dict) else {}
    return {}


def read_answer(process: subprocess.Popen[bytes], answer: Json) -> Forecast:
    """What it found. Raises RunError with what it said."""
    if "refused" in answer:
        raise RunError(*answer["refused"])
    if answer:
        return Forecast(**answer)
    process.wait()
    if process.returncode == -signal.SIGKILL:
        raise RunError("The process that measured it was killed: the computer's memory may be too small for this run.")
    raise RunError(f"The process that measured it ended with code {process.returncode} before it could say anything.")


def serve_measuring(folder: Path, clock: str, parent: int) -> int:
    """Measure the run in a folder, print what was found as one line of JSON, and return the exit code."""
    from runtime.forecast.dry_run import measure_run
    from runtime.runs.rehearsal import rehearse

    threading.Thread(target=end_with_parent, args=(parent,), daemon=True).start()
    rehearse()
    try:
        answer = measure_run(folder, clock, tell).as_json()
        answer.pop("fits")
    except RunError as refused:
        answer = {"refused": [refused.reason, refused.advice]}
    print(json.dumps(answer), flush=True)
    return 0


def tell(doing: str) -> None:
    """Print what is being done, for who waits."""
    print(json.dumps({DOING: doing}), flush=True)


def end_with_parent(parent: int) -> None:
    """End as soon as nobody waits any more, and after a while in any case."""
    give_up = time.monotonic() + 2 * LONGEST_SECONDS
    while os.getppid() == parent and time.monotonic() < give_up:
        time.sleep(0.5)
    os._exit(GONE)
