from __future__ import annotations

from pathlib import Path

import pytest

from runtime.runs import feed, store
from runtime.runs.control import clear_for_resume
from runtime.runs.errors import RunBusy, RunError, RunNotFound
from runtime.runs.folder import RunFolder
from runtime.runs.listing import list_runs
from runtime.runs.recovery import recover_all, recover_run
from tests.runtime.runs.made import make_folder, point


def leave_running(home: Path, name: str = "cut") -> RunFolder:
    """A run whose worker vanished."""
    folder = make_folder(home / "runs", name)
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        writer.write(point(1, 0.5))
    return folder


def test_runs_that_were_cut_are_marked_and_others_left_alone(home: Path) -> None:
    cut, held, done = (leave_running(home, name) for name in ("cut", "held", "done"))
    with done.lock(), done.writer() as writer:
        writer.write_status("finished")
    with held.lock():
        assert recover_all() == [cut.id]
        assert [store.read_status(folder) for folder in (cut, held, done)] == ["interrupted", "running", "finished"]
    assert store.since(cut)["ended"]["advice"] == "Resume it from its last checkpoint."
    assert list(store.scalars(cut)["value"]) == [0.5]


def test_runs_that_somebody_looks_after_are_left_alone(home: Path) -> None:
    cut = leave_running(home)
    assert recover_all(owned=frozenset([cut.id])) == []
    assert store.read_status(cut) == "running"


def test_a_run_that_waits_goes_on_waiting(home: Path) -> None:
    waiting = make_folder(home / "runs", "waiting")
    assert recover_all() == [] and not recover_run(waiting)
    assert list(store.statuses(waiting)["status"]) == ["queued"]


def test_a_waiting_run_is_shown_as_waiting_with_its_place(home: Path) -> None:
    waiting = make_folder(home / "runs", "waiting")
    news = feed.events_since(waiting.id)
    assert (news["status"], news["phase"], news["ended"]) == ("queued", "waiting", None)
    assert news["detail"].startswith("next in line for the ")
    assert feed.tell_status(waiting) == "queued" and list(list_runs()["status"]) == ["queued"]


@pytest.mark.parametrize(("action", "status"), [("stop", "stopped"), ("pause", "paused")])
def test_waiting_is_ended_at_once_where_no_worker_would_look(home: Path, action: str, status: str) -> None:
    waiting, held = make_folder(home / "runs", "waiting"), make_folder(home / "runs", "held")
    feed.control(waiting.id, action)
    assert feed.events_since(waiting.id)["ended"]["status"] == store.read_status(waiting) == status
    with held.lock():
        feed.control(held.id, action)
    assert store.read_status(held) == "queued" and held.control.read_text() == f"{action}\n"
    clear_for_resume(waiting)
    assert store.read_status(waiting) == "queued" and not waiting.control.exists()


def test_a_broken_database_does_not_stop_the_recovery_of_others(home: Path) -> None:
    broken, cut = leave_running(home, "broken"), leave_running(home, "cut")
    broken.database.write_bytes(b"this is no database" * 100)
    assert recover_all() == [cut.id]


def test_recovering_twice_changes_nothing(home: Path) -> None:
    cut = leave_running(home)
    assert recover_run(cut) and not recover_run(cut)
    assert list(store.statuses(cut)["status"]) == ["queued", "running", "interrupted"]


def test_the_feed_tells_the_truth_of_a_run_that_was_cut(home: Path) -> None:
    cut = leave_running(home)
    first = feed.events_since(cut.id)
    assert first["status"] == "interrupted" and first["series"][0]["values"] == [0.5]
    again = feed.events_since(cut.path, first["cursor"])
    assert again["series"] == [] and again["ended"]["status"] == "interrupted"


def test_the_feed_refuses_what_is_no_run_with_a_sentence(home: Path) -> None:
    with pytest.raises(RunNotFound, match="There is no run"):
        feed.events_since("../etc")
    broken = leave_running(home)
    broken.database.write_bytes(b"this is no database" * 100)
    with pytest.raises(RunError, match="cannot be read"):
        feed.events_since(broken.id)


def test_the_feed_steers(home: Path) -> None:
    cut = leave_running(home)
    with cut.lock():
        feed.control(cut.id, "pause")
        assert cut.control.read_text() == "pause\n"
        with pytest.raises(RunError, match='not to "explode"'):
            feed.control(cut.id, "explode")
    feed.control(cut.id, "stop")
    assert store.read_status(cut) == "stopped"


def test_a_run_with_a_worker_is_not_resumed(home: Path) -> None:
    cut = leave_running(home)
    with cut.lock(), pytest.raises(RunBusy):
        clear_for_resume(cut)
    clear_for_resume(cut)
    assert store.read_status(cut) == "queued"
