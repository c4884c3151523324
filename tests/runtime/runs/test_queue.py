from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.runs import store
from runtime.runs.deleting import delete_run
from runtime.runs.devices import Devices, find_fitting, name_devices
from runtime.runs.errors import RunBusy
from runtime.runs.executors import ThreadExecution
from runtime.runs.folder import RunFolder, create_run, find_run
from runtime.runs.listing import list_runs
from runtime.runs.queue import Queue
from runtime.runs.supervisor import Supervisor
from runtime.trash import Trash
from tests.runtime.runs.made import (
    ROOT,
    environment,
    has_steps,
    linear,
    list_ids,
    shell,
    wait_for,
)

LONG, SHORT = 1_000_000, 20
SERVER = """
import sys, time
from runtime.runs.supervisor import Supervisor
from tests.runtime.runs.made import linear
supervisor = Supervisor(devices=("cpu",))
names = sys.argv[1:]
for name in names:
    epochs = 1_000_000 if name == "long" else 20
    print(supervisor.start(linear(epochs=epochs, executor="process"), name=name), flush=True)
supervisor.open()
print("open", flush=True)
time.sleep(600)
"""


@pytest.fixture
def supervisor(home: Path) -> Iterator[Supervisor]:
    """A supervisor with one device."""
    supervisor = Supervisor(devices=("cpu",))
    yield supervisor
    supervisor.close()


def start(supervisor: Supervisor, name: str, epochs: int = SHORT, **settings: object) -> str:
    """Start a run inside this process."""
    return supervisor.start(linear(epochs=epochs, **{"executor": "thread", **settings}), name=name)


def start_server(home: Path, *names: str) -> tuple[subprocess.Popen[str], list[str]]:
    """A server of its own process that starts runs, and their ids."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, *names], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(home)
    )
    assert server.stdout is not None
    runs = [server.stdout.readline().strip() for _ in names]
    assert server.stdout.readline().strip() == "open"
    server.stdout.close()
    return server, runs


def read_began(run: str) -> str:
    """When a run began."""
    statuses = store.statuses(find_run(run))
    return str(statuses[statuses["status"] == "running"]["at"].iloc[0])


def finish_all(supervisor: Supervisor, runs: list[str]) -> None:
    """Wait until runs have finished."""
    wait_for(lambda: all(supervisor.status(run) == "finished" for run in runs))
    wait_for(lambda: supervisor.active() == [])


def test_runs_wait_for_the_device_and_are_trained_in_their_order_without_being_asked(supervisor: Supervisor) -> None:
    long = start(supervisor, "long", LONG)
    runs = [start(supervisor, name) for name in "abc"]
    wait_for(has_steps(find_run(long), 5))
    assert supervisor.active() == [long] and list_ids(supervisor.queue) == runs
    supervisor.queue.move(runs[2], "first")
    supervisor.queue.move(runs[0], "down")
    assert list_ids(supervisor.queue) == [runs[2], runs[1], runs[0]]
    supervisor.stop(long)
    finish_all(supervisor, runs)
    assert sorted(runs, key=read_began) == [runs[2], runs[1], runs[0]]
    assert find_run(runs[0]).read_environment()["place"] == "cpu"


def test_a_failed_run_does_not_stop_the_next(supervisor: Supervisor) -> None:
    long = start(supervisor, "long", LONG)
    broken, whole = start(supervisor, "broken"), start(supervisor, "whole")
    (find_run(broken).path / "project.json").write_text("{")
    supervisor.stop(long)
    finish_all(supervisor, [whole])
    assert supervisor.status(broken) == "failed"


def test_each_device_trains_a_run_of_its_own(home: Path) -> None:
    supervisor = Supervisor(devices=("cpu:0", "cpu:1"))
    runs = [supervisor.start(linear(epochs=LONG, executor="process"), name) for name in "abc"]
    for run in runs[:2]:
        wait_for(has_steps(find_run(run), 5))
    places = [find_run(run).read_environment()["place"] for run in runs[:2]]
    assert places == ["cpu:0", "cpu:1"] and list_ids(supervisor.queue) == [runs[2]]
    supervisor.stop(runs[1])
    wait_for(has_steps(find_run(runs[2]), 5))
    assert find_run(runs[2]).read_environment()["place"] == "cpu:1" and supervisor.active() == sorted(
        [runs[0], runs[2]]
    )
    supervisor.close()


def test_inside_the_server_one_run_trains_at_a_time_whatever_the_devices(home: Path) -> None:
    supervisor = Supervisor(devices=("cpu:0", "cpu:1"))
    first, second = start(supervisor, "first", LONG), start(supervisor, "second", LONG)
    wait_for(has_steps(find_run(first), 5))
    assert supervisor.active() == [first] and supervisor.status(second) == "queued"
    supervisor.stop(first)
    wait_for(has_steps(find_run(second), 5))
    supervisor.close()


def test_a_run_goes_past_one_that_waits_for_another_device(home: Path) -> None:
    devices = Devices(names=("cuda:0", "cpu"))
    queue = Queue(devices=devices)
    training, gpu, cpu = (create_run(linear(device=device)) for device in ("cuda", "auto", "cpu"))
    with queue.locked():
        first = queue.take_turn(training)
        assert first is not None and first.device == "cuda:0"
        assert queue.take_turn(gpu) is None
        second = queue.take_turn(cpu)
        assert second is not None and second.device == "cpu"
        assert devices.list_taken() == {"cuda:0": training.id, "cpu": cpu.id} and list_ids(queue) == [gpu.id]
        first.release()
        third = queue.take_turn(gpu)
        assert third is not None and third.device == "cuda:0"
        second.release()
        third.release()
    assert devices.list_taken() == {}


@pytest.mark.parametrize(
    ("wish", "devices", "fitting", "words"),
    [
        ("auto", ("cpu",), ["cpu"], "the CPU"),
        ("auto", ("cuda:0", "cuda:1", "cpu"), ["cuda:0", "cuda:1"], "a GPU"),
        ("cuda", ("cuda:0", "cpu"), ["cuda:0"], "the GPU"),
        ("cpu", ("cuda:0", "cpu"), ["cpu"], "the CPU"),
        ("cuda", ("cpu",), ["cpu"], "the CPU"),
    ],
)
def test_auto_takes_a_gpu_where_there_is_one(
    wish: str, devices: tuple[str, ...], fitting: list[str], words: str
) -> None:
    assert find_fitting(wish, devices) == fitting and name_devices(fitting) == words


def test_two_supervisors_share_the_device_and_no_run_begins_twice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    execute = ThreadExecution.run

    def remember(self: ThreadExecution, folder: RunFolder, slot: object) -> object:
        begun.append(folder.id)
        assert len(Devices(names=("cpu",)).list_taken()) == 1
        return execute(self, folder, slot)  # type: ignore[arg-type]

    monkeypatch.setattr(ThreadExecution, "run", remember)
    supervisors = [Supervisor(devices=("cpu",)) for _ in range(2)]
    for supervisor in supervisors:
        supervisor.open()
    runs = [start(supervisors[number % 2], f"run {number}", 200) for number in range(8)]
    wait_for(lambda: all(supervisors[0].status(run) == "finished" for run in runs))
    for supervisor in supervisors:
        supervisor.close()
    assert sorted(begun) == sorted(runs)
    spans = sorted((row.started, row.ended) for row in list_runs().itertuples())
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(spans))


def test_waiting_runs_go_on_waiting_when_the_server_closes_and_begin_when_one_opens(home: Path) -> None:
    first = Supervisor(devices=("cpu",))
    long = start(first, "long", LONG)
    runs = [start(first, name) for name in "ab"]
    wait_for(has_steps(find_run(long), 5))
    first.queue.move(runs[1], "first")
    first.close()
    assert [first.status(run) for run in (long, *runs)] == ["interrupted", "queued", "queued"]
    second = Supervisor(devices=("cpu",))
    second.open()
    finish_all(second, runs)
    assert sorted(runs, key=read_began) == [runs[1], runs[0]] and second.status(long) == "interrupted"
    second.close()


@pytest.mark.slow
def test_three_waiting_runs_outlive_a_killed_server_in_the_order_that_they_were_given(home: Path) -> None:
    server, (long, *runs) = start_server(home, "long", "a", "b", "c")
    wait_for(has_steps(find_run(long), 10))
    Queue().move(runs[2], "first")
    server.send_signal(signal.SIGKILL)
    server.wait()
    supervisor = Supervisor(devices=("cpu",))
    supervisor.recover()
    supervisor.open()
    finish_all(supervisor, runs)
    assert sorted(runs, key=read_began) == [runs[2], runs[0], runs[1]]
    wait_for(lambda: supervisor.recover() or supervisor.status(long) == "interrupted", 40)
    supervisor.close()


@pytest.mark.slow
def test_a_worker_that_outlives_its_server_keeps_its_device_until_it_is_gone(home: Path) -> None:
    server, (long, waiting) = start_server(home, "long", "a")
    wait_for(has_steps(find_run(long), 10))
    worker = json.loads((home / "runs" / ".devices" / "cpu.lock").read_text())
    assert worker["run"] == long
    (child,) = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and is_training(path, long)]
    os.kill(child, signal.SIGSTOP)
    server.kill()
    server.wait()
    supervisor = Supervisor(devices=("cpu",))
    supervisor.open()
    time.sleep(1.5)
    assert supervisor.active() == [] and Devices(names=("cpu",)).list_taken() == {"cpu": long}
    os.kill(child, signal.SIGCONT)
    finish_all(supervisor, [waiting])
    supervisor.close()


def is_training(process: Path, run: str) -> bool:
    """Whether a process has the lock of a run open, and is not this one."""
    try:
        files = [str(file.readlink()) for file in (process / "fd").iterdir()]
    except OSError:
        return False
    return process.name != str(os.getpid()) and any(file.endswith(f"{run}/run.lock") for file in files)


def test_a_cancelled_run_leaves_the_queue_and_can_be_put_back(supervisor: Supervisor) -> None:
    long = start(supervisor, "long", LONG)
    runs = [start(supervisor, name) for name in "abc"]
    supervisor.stop(runs[0])
    supervisor.pause(runs[1])
    assert [supervisor.status(run) for run in runs] == ["stopped", "paused", "queued"]
    assert "Cancelled" in store.since(find_run(runs[0]))["ended"]["reason"] and list_ids(supervisor.queue) == runs[2:]
    supervisor.resume(runs[0])
    with pytest.raises(RunBusy, match="waits for its turn"):
        supervisor.resume(runs[0])
    supervisor.move(runs[0], 0)
    assert list_ids(supervisor.queue) == [runs[0], runs[2]]
    supervisor.stop(long)
    finish_all(supervisor, [runs[0], runs[2]])


def test_a_waiting_run_that_is_deleted_leaves_the_queue_and_comes_back_as_cancelled(supervisor: Supervisor) -> None:
    long = start(supervisor, "long", LONG)
    run = start(supervisor, "mine")
    wait_for(has_steps(find_run(long), 1))
    with pytest.raises(RunBusy, match="Stop it first"):
        delete_run(long)
    entry = delete_run(run)
    assert list_ids(supervisor.queue) == [] and entry.name == "mine"
    Trash().restore(entry.id)
    assert supervisor.status(run) == "stopped" and list_ids(supervisor.queue) == []


@pytest.mark.slow
def test_a_run_from_a_shell_waits_for_the_device_and_comes_before_the_queue(supervisor: Supervisor, home: Path) -> None:
    long = start(supervisor, "long", LONG)
    wait_for(has_steps(find_run(long), 1))
    waiting = start(supervisor, "waiting", LONG)
    command = shell("train", "linear_regression", "--set", "run.epochs=50")
    process = subprocess.Popen(command, env=environment(home), cwd=home, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Waiting for the CPU, where “long”")
    wait_for(lambda: supervisor.queue.devices.is_reserved("cpu"))
    supervisor.stop(long)
    supervisor.open()
    assert process.wait(60) == 0 and '"finished"' in process.stdout.read()
    process.stdout.close()
    wait_for(has_steps(find_run(waiting), 1))
