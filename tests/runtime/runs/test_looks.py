"""Looks and what the doctor found, in a run's folder: kept, thinned, told once, and none twice after a resume."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.events import Diagnosis, Look
from runtime.runs import store
from runtime.runs.folder import RunFolder, create_run
from runtime.runs.look_rows import MOST_LOOKS
from runtime.runs.worker import work
from tests.runtime.runs.made import iris, make_folder

COUNTS = [1] * 32


def look(step: int) -> Look:
    """A look at one node."""
    histogram = {"low": 0.0, "high": 1.0, "counts": COUNTS}
    seen = {"network": "model", "name": "fc", "graph": "networks.model", "node": "fc", "trail": [], "kind": "Linear"}
    return Look(
        step, [{**seen, "weights": {"norm": float(step), "faulty": False, "histogram": histogram}}], {"adam": 0.1}
    )


def finding(text: str) -> dict[str, object]:
    return {"code": "D001", "severity": "warning", "message": text, "repairs": []}


def test_the_newest_look_comes_without_histograms_and_only_once(home: Path) -> None:
    folder = make_folder(home)
    with folder.writer() as writer:
        for step in (1, 5):
            writer.write(look(step))
        writer.flush()
        news = store.since(folder)
        assert news["look"]["step"] == 5 and news["look"]["nodes"][0]["weights"] == {"norm": 5.0, "faulty": False}
        assert store.since(folder, news["cursor"])["look"] is None
        writer.write(look(9))
        writer.flush()
        assert store.since(folder, news["cursor"])["look"]["step"] == 9
    assert store.looks(folder) == [1, 5, 9]
    whole = store.look(folder, 5)
    assert whole is not None and whole["nodes"][0]["weights"]["histogram"]["counts"] == COUNTS
    assert store.look(folder, 6) is None


def test_a_cursor_of_an_earlier_version_goes_on_where_it_was(home: Path) -> None:
    folder = make_folder(home)
    with folder.writer() as writer:
        writer.write(look(1))
        writer.write_notice("Said before.")
    old = "~".join(store.since(folder)["cursor"].split("~")[:4])
    news = store.since(folder, old)
    assert news["notices"] == [] and news["look"]["step"] == 1
    assert store.since(folder, old + "~1~2~3~4~5")["notices"] == ["Said before."]


def test_sixty_looks_stay_spread_over_the_run_and_the_last_ones_all(home: Path) -> None:
    folder = make_folder(home)
    with folder.writer() as writer:
        for step in range(1, 401):
            writer.write(look(step))
            if step % 20 == 0:
                writer.flush()
    steps = store.looks(folder)
    assert MOST_LOOKS <= len(steps) <= 2 * MOST_LOOKS and steps[0] <= 10 and steps[-5:] == [396, 397, 398, 399, 400]
    assert max(b - a for a, b in pairwise(steps)) < 40


def test_what_was_found_is_told_when_it_changes_with_its_first_and_last_step(home: Path) -> None:
    folder = make_folder(home)
    with folder.writer() as writer:
        for step, text in ((10, "first"), (20, "again")):
            writer.write(Diagnosis(step, "D001 networks.model fc", finding(text)))
        writer.flush()
        news = store.since(folder)
        (row,) = news["diagnoses"]
        assert (row["first_step"], row["last_step"], row["is_open"]) == (10, 20, True)
        assert row["finding"]["message"] == "again"
        assert store.since(folder, news["cursor"])["diagnoses"] == []
        writer.write(Diagnosis(30, "D001 networks.model fc", finding("gone"), is_open=False))
        writer.flush()
        (row,) = store.since(folder, news["cursor"])["diagnoses"]
        assert (row["last_step"], row["is_open"], row["finding"]["message"]) == (20, False, "again")


def test_a_run_of_an_earlier_version_without_looks_is_read(home: Path) -> None:
    folder = make_folder(home)
    with folder.writer():
        pass
    with sqlite3.connect(folder.database) as connection:
        connection.execute("DROP TABLE looks")
        connection.execute("DROP TABLE diagnoses")
    connection.close()
    news = store.since(folder)
    assert news["look"] is None and news["diagnoses"] == [] and store.looks(folder) == [] == store.diagnoses(folder)
    assert store.look(folder, 1) is None
    with folder.writer() as writer:
        writer.write(look(3))
    assert store.looks(folder) == [3]


class Command:
    """Pauses a run at a step, once."""

    interruption = word = ""

    def __init__(self, folder: RunFolder, step: int) -> None:
        self.folder, self.left = folder, step

    def __call__(self) -> str:
        self.left -= 1
        return "pause" if self.left < 0 else "run"


def test_a_resumed_run_goes_on_looking_and_no_look_is_there_twice(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.looks.pace.SHORTEST_SECONDS", 0.0)
    monkeypatch.setattr("runtime.looks.pace.SHARE", 0.9)
    folder = create_run(iris("run.epochs=30", "run.threads=1"))
    told = []
    assert work(folder, Command(folder, 40), told.append).status == "paused"
    before = store.looks(folder)
    assert before and max(before) <= 40
    assert work(folder, listen=told.append).status == "finished"
    steps = store.looks(folder)
    assert max(steps) > 40 and steps == sorted(set(steps))
    taken = [event.step for event in told if isinstance(event, Look)]
    assert taken == sorted(set(taken))
