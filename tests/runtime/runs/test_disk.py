"""A disk that is full, read-only or limited ends a run with a sentence; what was acknowledged and saved before is intact."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from runtime.events import Event, Sample, Scalars
from runtime.runs import disk as module
from runtime.runs import store
from runtime.runs.checkpoint import Checkpoint, load_last
from runtime.runs.control import clear_for_resume
from runtime.runs.death import choose_code, explain_death
from runtime.runs.disk import BROKEN, FULL, READ_ONLY, TOO_LARGE, explain_disk
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.recovery import CUT, record_end, recover_run
from runtime.runs.supervisor import Supervisor
from runtime.runs.worker import Outcome, work
from tests.runtime.runs.disks import fill, make_room, mount, set_read_only, set_writable, small_disk
from tests.runtime.runs.made import ROOT, environment, has_steps, linear, make_folder, point, wait_for

LIMITED = """
import json, resource, sys
from pathlib import Path
from runtime.runs.folder import RunFolder
from runtime.runs.worker import work
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
outcome = work(RunFolder(Path(sys.argv[1])))
print(json.dumps([outcome.status, outcome.reason, outcome.advice, outcome.is_recorded]))
"""


@pytest.fixture
def disk(tmp_path: Path, home: Path) -> Iterator[Path]:
    """A disk of its own for runs; prepared data lies elsewhere."""
    with small_disk(tmp_path / "disk") as place:
        yield place


def after(steps: int, act: Any) -> Any:
    """A listener that does something once, when so many steps are reported."""
    done: list[int] = []

    def listen(event: Event) -> None:
        if isinstance(event, Scalars) and event.step >= steps and not done:
            done.append(event.step)
            act()

    return listen


def start(runs: Path, **settings: Any) -> tuple[RunFolder, Checkpoint]:
    """A run that is paused after its first steps, and its checkpoint."""
    folder = create_run(linear(epochs=1_000_000, **settings), runs=runs)
    work(folder, listen=after(50, lambda: folder.write_control("pause")))
    saved = load_last(folder.checkpoints)
    assert saved is not None
    clear_for_resume(folder)
    return folder, saved


def check_intact(folder: RunFolder, saved: Checkpoint) -> None:
    """The store is whole, and the newest checkpoint is the earlier one or a later one, and can be read."""
    with store.open_run(folder) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    found = load_last(folder.checkpoints)
    assert found is not None and found.step >= saved.step and found.notices == ()
    if found.name == saved.name:
        assert all(torch.equal(found.tensors[name], tensor) for name, tensor in saved.tensors.items())
    steps = list(store.scalars(folder).query("name == 'loss' and split == 'train'")["step"])
    assert steps == list(range(1, len(steps) + 1)) and len(steps) >= found.step


def check_resumes(folder: RunFolder) -> None:
    """The run goes on from its checkpoint as if nothing had been."""
    clear_for_resume(folder)
    outcome = work(folder, listen=after(1, lambda: folder.write_control("pause")))
    assert outcome.status == "paused" == store.read_status(folder)
    steps = list(store.scalars(folder).query("name == 'loss' and split == 'train'")["step"])
    assert steps == list(range(1, len(steps) + 1))


def test_a_disk_that_fills_while_a_run_trains_ends_it_with_a_sentence(disk: Path) -> None:
    folder, saved = start(disk)
    seen = store.scalars(folder)
    outcome = work(folder, listen=after(saved.step + 50, lambda: fill(disk)))
    assert (outcome.status, outcome.reason, outcome.advice) == ("failed", FULL.reason, FULL.advice)
    assert outcome.is_recorded and not folder.reserve.exists()
    assert store.since(folder)["ended"]["reason"] == FULL.reason
    check_intact(folder, saved)
    kept = set(store.scalars(folder).itertuples(index=False, name=None))
    assert kept.issuperset(seen.itertuples(index=False, name=None))
    make_room(disk)
    check_resumes(folder)
    assert folder.reserve.stat().st_size > 0


def test_an_end_that_the_disk_does_not_take_is_told_and_recorded_once_it_does(disk: Path) -> None:
    folder, saved = start(disk)

    def fill_all() -> None:
        folder.reserve.unlink()
        fill(disk)

    outcome = work(folder, listen=after(saved.step + 50, fill_all))
    assert (outcome.status, outcome.reason, outcome.is_recorded) == ("failed", FULL.reason, False)
    fill(disk)
    with pytest.raises((sqlite3.Error, OSError, RunError)):
        record_end(folder, outcome.as_ended(), store.UNFINISHED)
    assert store.read_status(folder) == "failed"
    assert store.since(folder)["ended"]["reason"] == FULL.reason
    check_intact(folder, saved)
    make_room(disk)
    assert recover_run(folder)
    assert list(store.statuses(folder)["reason"])[-1] == FULL.reason
    check_resumes(folder)
    assert store.read_status(folder) == "paused"


def test_a_run_is_not_made_on_a_full_disk_and_says_so(disk: Path) -> None:
    fill(disk)
    with pytest.raises(RunError, match=r"The run cannot be made\. The disk that holds the run is full\."):
        create_run(linear(), runs=disk)
    make_room(disk)
    assert list(disk.iterdir()) == []


def test_a_read_only_disk_is_told_and_every_row_is_still_read(disk: Path) -> None:
    folder, saved = start(disk)
    seen = store.scalars(folder)
    set_read_only(disk)
    for attempt in (clear_for_resume, work):
        with pytest.raises(RunError, match="cannot be written to"):
            attempt(folder)
    with pytest.raises(RunError, match="The run cannot be asked"):
        folder.write_control("pause")
    assert store.scalars(folder).equals(seen)
    check_intact(folder, saved)
    set_writable(disk)
    check_resumes(folder)


def test_rows_in_the_log_of_a_killed_writer_are_read_on_a_read_only_disk(disk: Path) -> None:
    """As they lie after a crash, or as a copy without the file of shared memory leaves them."""
    folder = make_folder(disk)
    code = (
        "import os, sys; from pathlib import Path; from runtime.runs.folder import RunFolder; "
        "from tests.runtime.runs.made import point; folder = RunFolder(Path(sys.argv[1])); folder.lock().acquire(); "
        "writer = folder.writer(); writer.write_status('running'); "
        "[writer.write(point(step, step / 2)) for step in range(1, 100)]; writer.flush(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, folder.path], env=environment(disk), cwd=ROOT, check=False)
    (folder.path / "run.db-shm").unlink()
    set_read_only(disk)
    assert list(store.scalars(folder)["step"]) == list(range(1, 100))
    assert not recover_run(folder) and store.read_status(folder) == "interrupted"
    assert store.since(folder)["ended"]["reason"] == CUT.reason
    set_writable(disk)
    assert recover_run(folder) and list(store.statuses(folder)["status"])[-1] == "interrupted"


def test_checkpoints_that_become_read_only_while_a_run_trains_end_it_with_a_sentence(disk: Path) -> None:
    folder, saved = start(disk)

    def lock_checkpoints() -> None:
        mount("--bind", folder.checkpoints, folder.checkpoints)
        mount("-o", "remount,bind,ro", folder.checkpoints)
        folder.write_control("pause")

    outcome = work(folder, listen=after(saved.step + 50, lock_checkpoints))
    subprocess.run(["umount", str(folder.checkpoints)], check=True)
    assert (outcome.status, outcome.reason, outcome.advice) == ("failed", READ_ONLY.reason, READ_ONLY.advice)
    check_intact(folder, saved)
    check_resumes(folder)


@pytest.mark.slow
def test_a_worker_that_cannot_record_its_end_tells_its_server(disk: Path) -> None:
    supervisor = Supervisor(disk)
    run = supervisor.start(linear(epochs=1_000_000))
    folder = RunFolder(disk / run)
    wait_for(has_steps(folder, 10))

    def is_over() -> bool:
        folder.reserve.unlink(missing_ok=True)
        fill(disk)
        return run not in supervisor.active()

    wait_for(is_over)
    news = store.since(folder)
    assert (news["status"], news["ended"]["reason"], news["ended"]["advice"]) == ("failed", FULL.reason, FULL.advice)
    make_room(disk)
    supervisor.resume(run)
    wait_for(lambda: store.read_status(folder) == "running")
    supervisor.close()
    assert store.read_status(folder) == "interrupted"


def test_a_stranger_who_holds_the_database_is_waited_for(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.connection.execute("PRAGMA busy_timeout = 10")
        stranger = sqlite3.connect(folder.database, isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        for step in range(1, 60):
            writer.write(point(step, 0.5))
            time.sleep(0.02)
        assert store.scalars(folder).empty
        stranger.close()
        wait_for(lambda: len(store.scalars(folder)) == 59, 10)
    assert store.read_status(folder) == "queued"


def work_limited(folder: RunFolder, home: Path, num_bytes: int) -> Outcome:
    """Train in a process whose files may not become larger than that."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, folder.path, str(num_bytes)],
        env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    status, reason, advice, is_recorded = json.loads(done.stdout.splitlines()[-1])
    return Outcome(status, reason, advice, is_recorded=is_recorded)


@pytest.mark.slow
def test_files_that_may_not_grow_end_a_run_with_a_sentence(home: Path) -> None:
    folder, saved = start(home / "runs")
    size = max(path.stat().st_size for path in folder.path.rglob("*") if path.is_file())
    outcome = work_limited(folder, home, size + 100_000)
    assert outcome.status == "failed" and outcome.reason in (TOO_LARGE.reason, BROKEN.reason)
    if not outcome.is_recorded:
        assert recover_run(folder)
    check_intact(folder, saved)
    check_resumes(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_ends_a_run_with_a_sentence_where_nothing_may_be_mounted(home: Path) -> None:
    folder, saved = start(home / "runs")
    trap = folder.path / f".environment.json.{os.getpid()}.new"
    trap.symlink_to("/dev/full")
    outcome = work(folder)
    assert (outcome.status, outcome.reason, outcome.advice) == ("failed", FULL.reason, FULL.advice)
    check_intact(folder, saved)
    check_resumes(folder)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_sample_that_a_full_device_refuses_is_heard_of_at_the_next_event(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        (folder.samples / "00000001.json.gz").symlink_to("/dev/full")
        writer.write(point(1, 0.5))
        writer.write(Sample(1, "images", {"pixels": [0.25] * 20_000}))
        writer.thread.join(10)
        with pytest.raises(OSError, match="No space left"):
            writer.write(point(2, 0.5))
        with pytest.raises(OSError, match="No space left"):
            writer.write_status("failed")
        writer.write_end_alone(CUT)
    assert store.read_status(folder) == "interrupted" and store.scalars(folder).empty


def test_the_exit_code_of_a_worker_says_what_the_disk_refused() -> None:
    for refusal in (FULL, READ_ONLY, TOO_LARGE, BROKEN):
        code = choose_code(refusal.reason, 3)
        ended = explain_death(code, 0)
        assert (ended.status, ended.reason, ended.advice) == ("failed", refusal.reason, refusal.advice)
    assert choose_code("Something else.", 3) == 3


ERRORS = [
    (OSError(errno.ENOSPC, "No space left on device"), FULL),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
    (OSError(errno.EROFS, "Read-only file system"), READ_ONLY),
    (PermissionError(errno.EACCES, "Permission denied"), READ_ONLY),
    (OSError(errno.EFBIG, "File too large"), TOO_LARGE),
    (OSError(errno.EIO, "Input/output error"), BROKEN),
    (RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"), FULL),
    (RuntimeError('I/O error: Read-only file system (os error 30) at path "/runs"'), READ_ONLY),
    (OSError("the power went"), None),
    (sqlite3.OperationalError("no such table"), None),
    (ValueError("full of hope"), None),
]


@pytest.mark.parametrize(("error", "refusal"), ERRORS)
def test_what_a_disk_refuses_is_told_by_its_number(error: Exception, refusal: module.Refusal | None) -> None:
    assert explain_disk(error) is refusal
    wrapped = RuntimeError("It cannot be written.")
    wrapped.__cause__ = error
    assert explain_disk(wrapped) is refusal


def test_what_sqlite_cannot_write_is_told_by_its_code(tmp_path: Path) -> None:
    made = sqlite3.connect(tmp_path / "made.db")
    made.execute("CREATE TABLE t (x)")
    made.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.Error) as full:
        made.execute("INSERT INTO t VALUES (?)", (bytes(100_000),))
    made.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.Error) as refused:
        made.execute("INSERT INTO t VALUES (1)")
    made.close()
    with pytest.raises(sqlite3.Error) as missing:
        sqlite3.connect(tmp_path / "no" / "such.db")
    assert [explain_disk(found.value) for found in (full, refused, missing)] == [FULL, READ_ONLY, READ_ONLY]
