from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from builder.document import Project
from runtime.runs import folder as module
from runtime.runs.errors import RunBusy, RunError, RunNotFound
from runtime.runs.folder import RUN_ID, create_run, find_run, list_folders
from runtime.runs.store import read_status
from tests.runtime.runs.made import ROOT, environment, make_folder

HOLD = """
import sys, time
from pathlib import Path
from runtime.runs.lock import RunLock
with RunLock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_new_run_is_complete(home: Path) -> None:
    run = create_run(Project(name="Mnist CNN"), name="first try", parent="older")
    assert RUN_ID.fullmatch(run.id) and "-mnist_cnn-" in run.id and run.path.parent == home / "runs"
    assert run.read_project() == Project(name="Mnist CNN")
    meta = run.read_meta()
    assert (meta["name"], meta["parent"], meta["tags"], meta["notes"]) == ("first try", "older", [], "")
    assert read_status(run) == "queued" and not run.is_locked()


def test_ids_sort_by_time_and_survive_strange_names(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime):
        moment = datetime(2026, 1, 21, 10, 15, 30)

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return cls.moment

    monkeypatch.setattr(module, "datetime", Clock)
    first = module.make_run_id("../../etc\n'; DROP")
    Clock.moment = datetime(2026, 1, 21, 10, 15, 31)
    second = module.make_run_id("")
    assert first.startswith("20260121-101530-etc_drop-") and second.startswith("20260121-101531-run-")
    assert first < second and all(RUN_ID.fullmatch(id) for id in (first, second, module.make_run_id("x" * 500)))


def test_ids_sort_in_the_order_of_runs_though_the_clock_is_set_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([datetime(2026, 10, 25, 2, 59, 59), datetime(2026, 10, 25, 2, 0, 0), datetime(1970, 1, 1)])

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return next(moments) if tz is None else datetime(2026, 10, 25, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Clock)
    made = [create_run(Project(name=name)).id for name in ("c", "b", "a")]
    assert made == sorted(made) and [id[:15] for id in made] == [
        f"20261025-{at}" for at in ("025959", "030000", "030001")
    ]
    assert [folder.id for folder in list_folders()] == made[::-1]


def test_what_a_killed_maker_of_a_run_left_behind_goes_after_a_while(home: Path) -> None:
    folder = create_run(Project())
    old, fresh = (folder.path.with_name(f".new-{name}") for name in ("old", "fresh"))
    for draft in (old, fresh):
        shutil.copytree(folder.path, draft)
    os.utime(old, (0, 0))
    module.sweep_drafts()
    assert not old.exists() and fresh.is_dir() and folder.path.is_dir()


def test_a_run_that_cannot_be_completed_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_json", fail)
    with pytest.raises(
        RunError, match=r"The run cannot be made\. The disk that holds the run is full\. Free some space\."
    ):
        create_run(Project())
    assert list((home / "runs").iterdir()) == []


@pytest.mark.parametrize(
    "id", ["..", "../x", "", "/etc", "20260121-101530-a-3f2g", "20260121-101530-../../x-3f2a", "a\0b"]
)
def test_only_ids_of_runs_are_looked_for(home: Path, id: str) -> None:
    with pytest.raises(RunNotFound):
        find_run(id)


def test_a_link_is_no_run(home: Path) -> None:
    run = make_folder(home / "elsewhere")
    (home / "runs").mkdir()
    (home / "runs" / run.id).symlink_to(run.path)
    with pytest.raises(RunNotFound):
        find_run(run.id)


def test_drafts_are_not_listed(home: Path) -> None:
    run = make_folder(home / "runs")
    (home / "runs" / f".new-{run.id}").mkdir()
    (home / "runs" / "something else").mkdir()
    assert [found.id for found in list_folders()] == [run.id]


def test_a_project_of_a_newer_format_or_a_damaged_one_is_not_opened(home: Path) -> None:
    run = make_folder(home / "runs")
    content = json.loads((run.path / "project.json").read_text())
    for text, words in (
        (json.dumps({**content, "format": 7}), "is of format 7, and this version of Layerloom reads up to"),
        (json.dumps(content)[:60], "breaks off"),
        ('{"format": 1, "networks": {}, "networks": {}}', "twice in one object"),
    ):
        (run.path / "project.json").write_text(text)
        with pytest.raises(RunError, match=f'The project of the run "{run.id}" cannot be opened. .*{words}'):
            run.read_project()
    (run.path / "project.json").unlink()
    with pytest.raises(RunError, match="cannot be read: No such file"):
        run.read_project()


def test_two_cannot_work_on_one_run(home: Path) -> None:
    run = make_folder(home)
    with run.lock():
        assert run.is_locked()
        with pytest.raises(RunBusy, match="already being worked on"):
            run.lock().acquire(patience=0.1)
    assert not run.is_locked()


def test_those_who_ask_are_not_in_the_way_of_those_who_lock(home: Path) -> None:
    run = make_folder(home)
    for _ in range(200):
        assert not run.is_locked()
        with run.lock():
            pass


def test_a_killed_holder_frees_the_lock(home: Path) -> None:
    run = make_folder(home)
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.path / "run.lock")],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(home),
    )
    assert child.stdout is not None and child.stdout.readline() == b"held\n"
    assert run.is_locked()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    started = time.monotonic()
    while run.is_locked():
        assert time.monotonic() - started < 1
    assert not run.is_locked()
