"""The order of the waiting runs: kept, changed, and told with the place of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runtime.runs import store
from runtime.runs.deleting import delete_run
from runtime.runs.devices import Devices
from runtime.runs.errors import RunBusy, RunError
from runtime.runs.folder import create_run, find_run
from runtime.runs.queue import Queue
from runtime.runs.turns import count, find_turn, list_turns, tell_seconds
from tests.runtime.runs.made import (
    linear,
    list_ids,
    make_folder,
    run_shell,
)


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
