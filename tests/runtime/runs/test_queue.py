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
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.executors import ThreadExecution
from runtime.runs.folder import RunFolder, create_run, find_run
from runtime.runs.listing import list_runs
from runtime.runs.queue import Queue
from runtime.runs.supervisor import Supervisor
from runtime.runs.turns import count, find_turn, list_turns, tell_seconds
from runtime.trash import Trash
from tests.runtime.runs.made import ROOT, environment, has_steps, linear, make_folder, run_shell, shell, wait_for

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


def list_ids(queue: Queue) -> list[str]:
    """The ids of the runs that wait."""
    return [folder.id for folder in queue.waiting()]


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


@pytest.mark.parametrize(
    "damage", ["", "{", '{"order": 3}', '{"order": [3, null, "x"]}', "[]", "\0" * 100, "[" * 50_000]
)
def test_a_queue_file_that_cannot_be_read_costs_only_the_order(home: Path, damage: str) -> None:
    queue = Queue()
    runs = [make_folder(home / "runs", name).id for name in "abc"]
    queue.move(runs[2], "first")
    assert list_ids(queue) == [runs[2], runs[0], runs[1]]
    queue.file.write_text(damage)
    assert list_ids(queue) == runs
    queue.move(runs[1], "last")
    assert list_ids(queue) == [runs[0], runs[2], runs[1]]


def test_a_run_that_the_file_does_not_name_comes_last(home: Path) -> None:
    queue = Queue()
    first = make_folder(home / "runs", "first").id
    with queue.locked():
        queue.add([first])
    second = make_folder(home / "runs", "second").id
    assert list_ids(queue) == [first, second]
    queue.file.write_text(json.dumps({"order": [second]}))
    assert list_ids(queue) == [second, first]


@pytest.mark.parametrize(
    ("to", "order"),
    [("first", "bac"), ("up", "bac"), ("down", "acb"), ("last", "acb"), (0, "bac"), (99, "acb"), (-5, "bac")],
)
def test_a_run_is_given_another_place(home: Path, to: str | int, order: str) -> None:
    queue = Queue()
    runs = {name: make_folder(home / "runs", name).id for name in "abc"}
    queue.move(runs["b"], to)
    assert list_ids(queue) == [runs[name] for name in order]


def test_what_is_no_place_and_what_does_not_wait_is_said_so(home: Path) -> None:
    queue, folder = Queue(), make_folder(home / "runs")
    for place in ("sideways", "", None, True, [1]):
        with pytest.raises(RunError, match="is no place in the queue"):
            queue.move(folder.id, place)  # type: ignore[arg-type]
    with folder.lock(), folder.writer() as writer:
        writer.write_status("finished")
    with pytest.raises(RunError, match="is finished, so it has no place"):
        queue.move(folder.id, "first")


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


def test_a_run_has_its_device_from_the_moment_it_was_chosen(home: Path) -> None:
    """Between the choice and the worker's first word nobody else takes the run, and it waits no more."""
    one, other = Queue(devices=Devices(names=("cpu:0", "cpu:1"))), Queue(devices=Devices(names=("cpu:0", "cpu:1")))
    folder = create_run(linear())
    with one.locked():
        slot = one.take_turn(folder)
    assert slot is not None and other.waiting() == [] and find_turn(other, folder.id) is None
    with pytest.raises(RunError, match="has its turn already"):
        other.move(folder.id, "first")
    slot.release()
    assert list_ids(other) == [folder.id]


def test_each_waiting_run_knows_its_place_and_what_is_before_it(home: Path) -> None:
    queue = Queue(devices=Devices(names=("cuda:0", "cpu")))
    training = create_run(linear(device="cpu"), name="x")
    slot = queue.devices.take("cpu", training.id)
    assert slot is not None
    first, gpu, second = (create_run(linear(device=device)) for device in ("cpu", "auto", "cpu"))
    turns = {folder.id: str(turn) for folder, turn in list_turns(queue)}
    assert turns == {
        first.id: "next in line for the CPU, after “x”",
        gpu.id: "next in line for the GPU",
        second.id: "2nd in line for the CPU, after “x”",
    }
    from runtime.events import Progress

    with training.lock(), training.writer() as writer:
        writer.write(Progress(3, 9, 0.3, 1, 4.5, 50.0, 185.0))
    assert str(find_turn(queue, second.id)) == "2nd in line for the CPU, after “x” (about 3 min left)"
    slot.release()


def test_numbers_are_told_as_people_do() -> None:
    assert [count(place) for place in (2, 3, 4, 11, 12, 21, 112)] == [
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]
    assert [tell_seconds(s) for s in (0.2, 45, 180, 4800)] == ["1 s", "45 s", "3 min", "1 h 20 min"]


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


def test_the_queue_is_steered_from_a_shell(home: Path) -> None:
    assert run_shell(home, "queue", "list").stdout == "No run waits.\n"
    runs = [make_folder(home / "runs", name).id for name in "ab"]
    assert run_shell(home, "queue", "move", runs[1], "first").returncode == 0
    lines = run_shell(home, "queue", "list").stdout.splitlines()
    assert [line.split()[1] for line in lines] == [runs[1], runs[0]] and "next in line" in lines[0]
    assert run_shell(home, "queue", "cancel", runs[0]).returncode == 0
    assert store.read_status(find_run(runs[0])) == "stopped"
    refused = run_shell(home, "queue", "move", runs[0], "first")
    assert refused.returncode == 1 and "is stopped" in refused.stderr


def test_a_run_that_has_ended_is_deleted_though_its_worker_still_holds_the_device(home: Path) -> None:
    folder, starting = make_folder(home / "runs", "ended"), make_folder(home / "runs", "starting")
    with folder.lock(), folder.writer() as writer:
        writer.write_status("finished")
    devices = Devices(names=Devices().names)
    for run in (folder, starting):
        with devices.take(devices.names[0], run.id) or pytest.fail("The device is not free."):
            if run is folder:
                delete_run(run.id)
            else:
                with pytest.raises(RunBusy, match="Stop it first"):
                    delete_run(run.id)
    assert [run.id for run in Queue().waiting()] == [starting.id]


def test_a_status_that_is_read_while_it_is_being_written_is_not_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's new time is seen a moment before its new content."""
    import runtime.runs.queue as module

    folder = make_folder(home / "runs")
    monkeypatch.setattr(module, "read_status", lambda folder: "paused")
    assert module.know_status(folder) == "paused"
    monkeypatch.undo()
    assert module.know_status(folder) == "queued"
