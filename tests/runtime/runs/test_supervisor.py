from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from runtime.runs import death, store
from runtime.runs import supervisor as module
from runtime.runs.checkpoint import load_last
from runtime.runs.devices import Slot
from runtime.runs.errors import RunBusy, RunError, RunNotFound, RunRefused
from runtime.runs.executors import ThreadExecution
from runtime.runs.folder import RunFolder, find_run
from runtime.runs.supervisor import Supervisor
from tests.runtime.runs.made import ROOT, environment, has_steps, linear, wait_for

BOTH = pytest.mark.parametrize("executor", [pytest.param("process", marks=pytest.mark.slow), "thread"])
SERVER = """
import sys, time
from runtime.runs.supervisor import Supervisor
from tests.runtime.runs.made import linear
supervisor = Supervisor()
print(supervisor.start(linear(epochs=1_000_000, executor=sys.argv[1])), flush=True)
time.sleep(600)
"""


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    """A supervisor of the runs in this test's home."""
    supervisor = Supervisor()
    yield supervisor
    supervisor.close()


def wait_for_end(supervisor: Supervisor, run: str) -> str:
    """Wait until nobody works on the run, and return its status."""
    wait_for(lambda: run not in supervisor.active())
    return supervisor.status(run)


def count_open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("executor", ["process", "thread"])
def test_a_started_run_finishes_by_itself(supervisor: Supervisor, executor: str) -> None:
    run = supervisor.start(linear(epochs=300, executor=executor), name="mine")
    assert run in supervisor.active()
    assert wait_for_end(supervisor, run) == "finished"
    folder = find_run(run)
    assert folder.read_meta()["name"] == "mine" and len(store.scalars(folder)["step"].unique()) == 300


@BOTH
def test_a_run_pauses_resumes_and_stops(supervisor: Supervisor, executor: str) -> None:
    run = supervisor.start(linear(epochs=1_000_000, executor=executor))
    folder = find_run(run)
    wait_for(has_steps(folder, 10))
    started = time.monotonic()
    supervisor.pause(run)
    assert wait_for_end(supervisor, run) == "paused" and time.monotonic() - started < 5
    first = load_last(folder.checkpoints)
    assert first is not None
    supervisor.resume(run)
    with pytest.raises(RunBusy):
        supervisor.resume(run)
    wait_for(has_steps(folder, first.step + 10))
    supervisor.stop(run)
    assert wait_for_end(supervisor, run) == "stopped"
    with pytest.raises(RunError, match="is stopped, so there is nothing to pause"):
        supervisor.pause(run)


def test_a_run_is_resumed_in_the_moment_in_which_it_is_said_to_have_paused(supervisor: Supervisor) -> None:
    run = supervisor.start(linear(epochs=1_000_000, executor="process"))
    wait_for(has_steps(find_run(run), 10))
    supervisor.pause(run)
    wait_for(lambda: supervisor.status(run) == "paused", 10)
    supervisor.resume(run)
    assert supervisor.status(run) in {"queued", "running"}


def test_of_two_who_resume_at_once_one_is_told_that_it_goes_on(
    supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = supervisor.start(linear(epochs=1_000_000, executor="thread"))
    wait_for(has_steps(find_run(run), 1))
    supervisor.pause(run)
    wait_for_end(supervisor, run)
    both, one_by_one, clear, starts = threading.Barrier(2), threading.Lock(), module.clear_for_resume, []
    execute = ThreadExecution.run

    def clear_together(folder: RunFolder) -> None:
        with one_by_one:
            clear(folder)
        with suppress(threading.BrokenBarrierError):
            both.wait(1)

    def count(self: ThreadExecution, folder: RunFolder, slot: Slot) -> Any:
        starts.append(folder.id)
        return execute(self, folder, slot)

    monkeypatch.setattr(module, "clear_for_resume", clear_together)
    monkeypatch.setattr(ThreadExecution, "run", count)
    refusals: list[RunError] = []

    def resume() -> None:
        try:
            supervisor.resume(run)
        except RunError as error:
            refusals.append(error)

    clicks = [threading.Thread(target=resume) for _ in range(2)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    wait_for(lambda: supervisor.status(run) == "running")
    supervisor.stop(run)
    assert wait_for_end(supervisor, run) == "stopped"
    assert starts == [run] and [type(error) for error in refusals] == [RunBusy]


def test_a_run_that_could_not_be_cleared_can_be_resumed_later(supervisor: Supervisor) -> None:
    run = supervisor.start(linear(epochs=1_000_000, executor="thread"))
    wait_for(has_steps(find_run(run), 1))
    supervisor.pause(run)
    wait_for_end(supervisor, run)
    with find_run(run).lock(), pytest.raises(RunBusy):
        supervisor.resume(run)
    assert supervisor.active() == []
    supervisor.resume(run)
    supervisor.stop(run)
    assert wait_for_end(supervisor, run) == "stopped"


def test_a_paused_run_can_be_stopped_for_good(supervisor: Supervisor) -> None:
    run = supervisor.start(linear(epochs=1_000_000, executor="thread"))
    wait_for(has_steps(find_run(run), 1))
    supervisor.pause(run)
    wait_for_end(supervisor, run)
    supervisor.stop(run)
    assert supervisor.status(run) == "stopped"


def test_a_finished_run_is_not_resumed(supervisor: Supervisor) -> None:
    run = supervisor.start(linear(epochs=2, executor="thread"))
    wait_for_end(supervisor, run)
    with pytest.raises(RunError, match="has finished"):
        supervisor.resume(run)


@pytest.mark.slow
def test_two_devices_train_two_runs_at_once(home: Path) -> None:
    supervisor = Supervisor(devices=("cpu:0", "cpu:1"))
    runs = [supervisor.start(linear(epochs=1_000_000, executor=executor)) for executor in ("process", "thread")]
    for run in runs:
        wait_for(has_steps(find_run(run), 5))
    assert supervisor.active() == sorted(runs)
    supervisor.close()
    assert [supervisor.status(run) for run in runs] == ["interrupted", "interrupted"]
    assert supervisor.active() == []


def test_a_project_with_errors_is_refused_and_leaves_no_run(supervisor: Supervisor, home: Path) -> None:
    project = linear()
    network = next(iter(project.networks))
    broken = project.with_graph(f"networks.{network}", project.networks[network].model_copy(update={"edges": ()}))
    with pytest.raises(RunRefused, match="cannot be trained"):
        supervisor.start(broken)
    assert not (home / "runs").exists()


def test_a_run_that_is_not_there_is_said_so(supervisor: Supervisor) -> None:
    for action in (supervisor.pause, supervisor.stop, supervisor.resume, supervisor.status):
        with pytest.raises(RunNotFound):
            action("20260101-000000-none-0000")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status", "words"),
    [(signal.SIGKILL, "interrupted", "killed from outside"), (signal.SIGSEGV, "failed", "crashed (SIGSEGV)")],
)
def test_a_workers_death_is_recorded_with_its_cause_and_the_run_resumes(
    supervisor: Supervisor, number: signal.Signals, status: str, words: str
) -> None:
    run = supervisor.start(linear(epochs=1_000_000))
    folder = find_run(run)
    wait_for(has_steps(folder, 10))
    execution = supervisor.owned[run][1]
    os.kill(execution.child.pid, number)  # type: ignore[attr-defined]
    started = time.monotonic()
    assert wait_for_end(supervisor, run) == status and time.monotonic() - started < 5
    ended = store.since(folder)["ended"]
    assert words in ended["reason"] and ended["advice"]
    supervisor.resume(run)
    wait_for(lambda: supervisor.status(run) == "running")
    supervisor.stop(run)
    assert wait_for_end(supervisor, run) == "stopped"


@pytest.mark.slow
def test_a_worker_told_to_end_by_the_system_saves_itself(supervisor: Supervisor) -> None:
    run = supervisor.start(linear(epochs=1_000_000))
    folder = find_run(run)
    wait_for(has_steps(folder, 10))
    os.kill(supervisor.owned[run][1].child.pid, signal.SIGTERM)  # type: ignore[attr-defined]
    assert wait_for_end(supervisor, run) == "interrupted"
    assert "saved itself" in store.since(folder)["ended"]["reason"] and load_last(folder.checkpoints) is not None


def test_the_systems_memory_killer_is_named() -> None:
    assert "memory ran out" in death.explain_death(-signal.SIGKILL, 1).reason
    assert "killed from outside" in death.explain_death(-signal.SIGKILL, 0).reason
    assert "code 3" in death.explain_death(3, 0).reason
    assert "signal 1" in death.explain_death(-signal.SIGHUP, 0).reason


@pytest.mark.slow
def test_one_worker_stands_by_and_none_is_left_behind(supervisor: Supervisor) -> None:
    supervisor.warm_up()
    child = supervisor.warm.child
    supervisor.warm_up()
    assert child is not None and supervisor.warm.child is child
    supervisor.close()
    assert child.returncode == 0


@pytest.mark.slow
def test_a_worker_that_died_while_it_stood_by_is_replaced(supervisor: Supervisor) -> None:
    supervisor.warm_up()
    assert supervisor.warm.child is not None
    supervisor.warm.child.kill()
    supervisor.warm.child.wait()
    run = supervisor.start(linear(epochs=2))
    assert wait_for_end(supervisor, run) == "finished"


def test_no_thread_and_no_open_file_is_left_after_runs(supervisor: Supervisor) -> None:
    def train_once() -> None:
        wait_for_end(supervisor, supervisor.start(linear(epochs=5, executor="thread")))

    train_once()
    before = (threading.active_count(), count_open_files())
    for _ in range(5):
        train_once()
    wait_for(lambda: threading.active_count() <= before[0], 5)
    assert count_open_files() <= before[1]


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["process", "thread"])
def test_a_killed_server_leaves_a_run_that_is_interrupted_and_resumes(home: Path, executor: str) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, executor], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(home)
    )
    assert server.stdout is not None
    run = server.stdout.readline().strip()
    server.stdout.close()
    folder = find_run(run)
    wait_for(has_steps(folder, 10))
    shown = store.scalars(folder)
    server.kill()
    server.wait()
    started = time.monotonic()
    supervisor = Supervisor()
    wait_for(lambda: not folder.is_locked(), 10)
    supervisor.recover()
    assert supervisor.status(run) == "interrupted" and time.monotonic() - started < 5
    kept = store.scalars(folder)
    assert kept[: len(shown)].drop(columns="seconds").equals(shown.drop(columns="seconds")) or len(kept) > len(shown)
    supervisor.resume(run)
    wait_for(has_steps(folder, int(kept["step"].max()) + 5))
    supervisor.stop(run)
    assert wait_for_end(supervisor, run) == "stopped"
    steps = store.scalars(folder).query("name == 'loss'")["step"]
    assert list(steps) == list(range(1, len(steps) + 1))
    supervisor.close()
