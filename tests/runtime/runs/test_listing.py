from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runtime.events import Progress
from runtime.runs import store
from runtime.runs.deleting import delete_run, tell_loss
from runtime.runs.errors import RunBusy, RunNotFound
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.listing import list_runs, rename_run, tag_run, write_notes
from runtime.runs.project_file import read_project
from runtime.trash import Trash
from tests.runtime.runs.made import make_folder, point


def write_history(folder: RunFolder, status: str = "finished") -> None:
    """Give a run a past."""
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        for step, value in enumerate((0.5, 0.9, 0.7), 1):
            writer.write(point(step, value, "accuracy", "validation"))
        writer.write(Progress(3, 9, 0.3, 1, 4.5, 50.0, 1.5))
        if status != "running":
            writer.write_status(status, metrics={"validation": {"accuracy": 0.7}})  # type: ignore[arg-type]


def test_the_table_tells_of_each_run_the_newest_first(home: Path) -> None:
    first = create_run(read_project("mnist_cnn"), name="first")
    time.sleep(1.1)
    second = create_run(read_project("mnist_cnn"), parent=first.id)
    write_history(first)
    table = list_runs()
    assert list(table["id"]) == [second.id, first.id]
    row = table.iloc[1]
    assert (row["name"], row["project"], row["status"]) == ("first", "Small CNN", "finished")
    assert (row["best"], row["metric"], row["step"], row["steps"], row["seconds"]) == (0.9, "accuracy", 3, 9, 4.5)
    assert row["metrics"] == {"validation": {"accuracy": 0.7}} and row["ended"] >= row["started"] >= row["created"]
    assert table.iloc[0]["parent"] == first.id and table.iloc[0]["status"] == "queued"


def test_the_table_of_no_runs_has_its_columns(home: Path) -> None:
    table = list_runs()
    assert table.empty and {"id", "status", "best"} <= set(table.columns)


def test_a_run_without_a_worker_is_never_shown_as_running(home: Path) -> None:
    folder = make_folder(home / "runs")
    write_history(folder, "running")
    with folder.lock():
        assert list(list_runs()["status"]) == ["running"]
    assert list(list_runs()["status"]) == ["interrupted"]


def test_what_changed_is_seen_at_once(home: Path) -> None:
    folder = make_folder(home / "runs")
    assert list(list_runs()["name"]) == ["Made up"]
    rename_run(folder.id, "  better\n")
    tag_run(folder.id, ["b", "a", "a", " "])
    write_notes(folder.id, "It was late.")
    row = list_runs().iloc[0]
    assert (row["name"], row["tags"], row["notes"]) == ("better", ["a", "b"], "It was late.")
    write_history(folder, "failed")
    assert list_runs().iloc[0]["status"] == "failed"


def test_a_deleted_run_can_be_taken_back(home: Path) -> None:
    folder = make_folder(home / "runs")
    write_history(folder)
    assert tell_loss(folder).startswith("its curves, ")
    entry = delete_run(folder.id)
    assert list_runs().empty and entry.path.parent == home / "trash"
    with pytest.raises(RunNotFound):
        delete_run(folder.id)
    Trash().restore(entry.id)
    assert list(list_runs()["id"]) == [folder.id] and len(store.scalars(folder)) == 3


def test_a_run_that_is_worked_on_is_not_deleted(home: Path) -> None:
    folder = make_folder(home / "runs")
    with folder.lock(), pytest.raises(RunBusy, match="Stop it first"):
        delete_run(folder.id)
    assert folder.path.is_dir()


def test_a_finished_run_is_deleted_while_its_process_is_still_leaving(home: Path) -> None:
    folder = make_folder(home / "runs")
    write_history(folder, "finished")
    with ThreadPoolExecutor() as others:
        with folder.lock():
            deleted = others.submit(delete_run, folder.id)
            with pytest.raises(TimeoutError):
                deleted.result(0.3)
        assert deleted.result(10).things == (f"runs/{folder.id}",)


def test_a_damaged_run_does_not_hide_the_others(home: Path) -> None:
    broken, whole = make_folder(home / "runs", "broken"), make_folder(home / "runs", "whole")
    broken.database.write_bytes(b"this is no database" * 100)
    (whole.path / "meta.json").write_text("{")
    assert list(list_runs()["id"]) == [whole.id]


def test_a_damaged_run_can_be_deleted(home: Path) -> None:
    folder = make_folder(home / "runs")
    for file in folder.path.glob("run.db*"):
        file.write_bytes(b"no database")
    assert delete_run(folder.id).things == (f"runs/{folder.id}",)
    assert not folder.path.exists()


def test_a_run_whose_project_cannot_be_opened_is_listed_with_the_reason(home: Path) -> None:
    folder = create_run(read_project("mnist_cnn"), name="from a newer version")
    write_history(folder)
    content = json.loads((folder.path / "project.json").read_text())
    (folder.path / "project.json").write_text(json.dumps({**content, "format": 7, "run": ["of another kind"]}))
    row = list_runs().iloc[0]
    assert (row["name"], row["status"], row["project"], row["best"]) == ("from a newer version", "finished", "", None)
    assert "format 7" in row["reason"]


@pytest.mark.slow
def test_three_hundred_runs_are_listed_quickly(home: Path) -> None:
    for number in range(300):
        folder = make_folder(home / "runs", f"run {number}")
        write_history(folder)
    started = time.perf_counter()
    assert len(list_runs()) == 300
    first = time.perf_counter() - started
    started = time.perf_counter()
    list_runs()
    assert first < 2 and time.perf_counter() - started < 0.3
