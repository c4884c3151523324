from __future__ import annotations

import json
import math
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.events import Ended, Phase, Progress, Sample, Table
from runtime.runs import store
from runtime.runs.folder import RunFolder
from tests.runtime.runs.made import ROOT, environment, make_folder, point


def read_along(folder: RunFolder, cursor: str) -> tuple[str, list[int], list[float | None]]:
    """One look at the only curve of a run."""
    news = store.since(folder, cursor)
    steps = [step for series in news["series"] for step in series["steps"]]
    return news["cursor"], steps, [value for series in news["series"] for value in series["values"]]


def test_every_event_can_be_read_again(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.write_status("running")
        writer.write(Phase("training", "fast"))
        writer.write(point(1, 0.5))
        writer.write(point(1, 0.25, "accuracy", "validation"))
        writer.write(Table(1, "validation", "confusion", [[1, 0], [0, 1]]))
        writer.write(Sample(1, "images", {"type": "grid", "n": 2}))
        writer.write(Progress(1, 9, 0.1, 1, 0.2, 50.0, 1.5))
        writer.write_notice("Digits stand in for MNIST.")
        writer.write(Ended("finished", "", "", {"train": {"loss": 0.5}}))
    news = store.since(folder)
    assert (news["status"], news["phase"], news["detail"]) == ("finished", "training", "fast")
    assert news["progress"]["steps"] == 9
    assert news["series"][1] == {
        "split": "validation", "name": "accuracy", "steps": [1], "epochs": [0.01], "seconds": [0.001], "values": [0.25],
    }  # fmt: skip
    assert news["tables"] == [{"step": 1, "split": "validation", "node": "confusion", "value": [[1, 0], [0, 1]]}]
    assert news["samples"] == [{"node": "images", "step": 1, "payload": {"type": "grid", "n": 2}}]
    assert news["notices"] == ["Digits stand in for MNIST."]
    assert news["ended"] == {"status": "finished", "reason": "", "advice": "", "metrics": {"train": {"loss": 0.5}}}
    assert list(store.scalars(folder)["value"]) == [0.5, 0.25]
    assert list(store.tables(folder)["value"]) == [[[1, 0], [0, 1]]]
    assert list(store.statuses(folder)["status"]) == ["queued", "running", "finished"]
    assert store.notices(folder) == ["Digits stand in for MNIST."]
    assert store.phases(folder)["name"].tolist() == ["training"]


def test_a_cursor_misses_no_row_and_repeats_none_while_a_writer_writes(home: Path) -> None:
    folder = make_folder(home)
    done = threading.Event()

    def write() -> None:
        rand = random.Random(3)
        with folder.lock(), folder.writer() as writer:
            for step in range(1, 3001):
                writer.write(point(step, float(step)))
                if rand.random() < 0.02:
                    writer.flush()
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    cursor, seen = "", []
    while True:
        is_last = done.is_set()
        cursor, steps, values = read_along(folder, cursor)
        assert values == [float(step) for step in steps]
        seen += steps
        if is_last:
            break
    thread.join()
    assert len(seen) == len(set(seen)) and seen == sorted(seen)
    assert seen[0] == 1 and seen[-1] == 3000
    assert read_along(folder, cursor)[1] == []


def test_a_reader_that_looks_often_sees_every_single_point(home: Path) -> None:
    folder = make_folder(home)
    cursor, seen = "", []
    with folder.lock(), folder.writer() as writer:
        for step in range(1, 2001):
            writer.write(point(step, math.sin(step)))
            if step % 97 == 0:
                writer.flush()
                cursor, steps, _ = read_along(folder, cursor)
                seen += steps
    seen += read_along(folder, cursor)[1]
    assert seen == list(range(1, 2001))


@pytest.mark.parametrize("num_points", [1, 17, 3000, 120_000])
def test_a_first_look_keeps_every_extremum_and_both_ends(home: Path, num_points: int) -> None:
    folder = make_folder(home)
    rand = random.Random(num_points)
    values = [rand.gauss(0, 1) for _ in range(num_points)]
    places = sorted(rand.sample(range(num_points), min(20, num_points)))
    for number, place in enumerate(places):
        values[place] = 1000.0 + number if number % 2 else -1000.0 - number
    with folder.lock(), folder.writer() as writer:
        for step, value in enumerate(values, 1):
            writer.write(point(step, value))
    _, steps, shown = read_along(folder, "")
    assert len(steps) <= 2 * store.POINTS_A_REFRESH
    assert (steps[0], steps[-1]) == (1, num_points)
    assert max(v for v in shown if v is not None) == pytest.approx(max(values), rel=1e-6)
    assert min(v for v in shown if v is not None) == pytest.approx(min(values), rel=1e-6)
    for step, value in zip(steps, shown, strict=True):
        assert value == pytest.approx(values[step - 1], rel=1e-6)


def test_a_pyramid_is_the_same_whether_its_writer_was_replaced_or_not(home: Path) -> None:
    rand = random.Random(8)
    values = [rand.choice([rand.gauss(0, 1), math.nan]) for _ in range(5000)]
    whole, pieces = make_folder(home, "whole"), make_folder(home, "pieces")
    with whole.lock(), whole.writer() as writer:
        for step, value in enumerate(values, 1):
            writer.write(point(step, value))
    cuts = [0, 1, 15, 16, 17, 64, 300, 1023, 1024, 4097, 5000]
    for first, last in pairwise(cuts):
        with pieces.lock(), pieces.writer() as writer:
            for step in range(first, last):
                writer.write(point(step + 1, values[step]))
    rows = [
        store.read_table(folder, "SELECT * FROM pyramid ORDER BY level, bucket").values.tolist()
        for folder in (whole, pieces)
    ]
    assert rows[0] == rows[1] and len(rows[0]) > 350


def test_a_resumed_run_writes_nothing_twice(home: Path) -> None:
    folder = make_folder(home)
    for first, last in ((1, 50), (30, 80)):
        with folder.lock(), folder.writer() as writer:
            for step in range(first, last):
                writer.write(point(step, step / 2))
                writer.write(Table(step, "validation", "confusion", [[step]]))
                writer.write(Sample(step, "images", {"step": step}))
            writer.write_notice("The same sentence.")
    assert list(store.scalars(folder)["step"]) == list(range(1, 80))
    assert list(store.tables(folder)["step"]) == list(range(1, 80))
    assert list(store.samples(folder)["step"]) == list(range(1, 80))
    assert store.notices(folder) == ["The same sentence."]


def test_nothing_is_lost_of_what_a_full_disk_did_not_take_at_first(home: Path) -> None:
    folder = make_folder(home)
    payload = {"pixels": list(range(4_000))}
    with folder.lock(), folder.writer() as writer:
        for step in range(1, 31):
            writer.write(point(step, float(step)))
        writer.flush()
        pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
        writer.connection.execute(f"PRAGMA max_page_count = {pages}")
        with writer.flushing:
            for step in range(31, 3001):
                writer.write(point(step, float(step)))
                writer.write(point(step, -float(step), "new"))
            writer.write(Table(40, "validation", "confusion", [[1]]))
            writer.write(Sample(40, "images", payload))
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="full"):
                writer.flush()
        writer.connection.execute("PRAGMA max_page_count = 1000000")
        writer.write_status("failed", "The disk that holds the run is full.")
    frame = store.scalars(folder)
    assert list(frame.query("name == 'loss'")["step"]) == list(range(1, 3001))
    assert list(frame.query("name == 'new'")["value"]) == [-float(step) for step in range(31, 3001)]
    assert list(store.tables(folder)["step"]) == list(store.samples(folder)["step"]) == [40]
    assert store.sample(folder, 1) == payload
    assert store.read_status(folder) == "failed"
    rows = store.read_table(folder, "SELECT series, level, COUNT(*) AS n FROM pyramid GROUP BY series, level")
    assert rows.values.tolist() == [
        [1, 1, 187],
        [1, 2, 46],
        [1, 3, 11],
        [1, 4, 2],
        [2, 1, 185],
        [2, 2, 46],
        [2, 3, 11],
        [2, 4, 2],
    ]


def test_numbers_that_are_none_become_json_that_every_reader_takes(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        for step, value in enumerate((1.0, math.nan, math.inf, -math.inf, 2.0), 1):
            writer.write(point(step, value))
        writer.write(Sample(1, "images", {"values": [math.nan, 1.0]}))
    news = store.since(folder)
    assert news["series"][0]["values"] == [1.0, None, None, None, 2.0]
    assert news["samples"][0]["payload"] == {"values": [None, 1.0]}
    json.dumps(news, allow_nan=False)


def test_a_large_sample_is_kept_in_a_file_and_read_back(home: Path) -> None:
    folder = make_folder(home)
    payload = {"pixels": list(range(20_000))}
    with folder.lock(), folder.writer() as writer:
        writer.write(Sample(1, "images", payload))
    assert [path.name for path in folder.samples.iterdir()] == ["00000001.json.gz"]
    assert store.since(folder)["samples"][0]["payload"] == payload
    assert store.sample(folder, 1) == payload
    assert store.sample(folder, 2) is None


def test_a_lost_sample_file_costs_that_sample_only(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.write(Sample(1, "images", {"pixels": list(range(20_000))}))
        writer.write(point(1, 0.5))
    (folder.samples / "00000001.json.gz").write_bytes(b"not gzip")
    news = store.since(folder)
    assert news["samples"] == [] and news["series"][0]["values"] == [0.5]


@pytest.mark.parametrize("cursor", ["", "x", "1~2", "1.2~a~0~0", "-5~-1~-1~-1", "9" * 5000, "~~~"])
def test_a_cursor_that_was_never_handed_out_starts_from_the_beginning(home: Path, cursor: str) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.write(point(1, 0.5))
    assert read_along(folder, cursor)[1] == [1]


def test_readers_do_not_hold_up_the_writer(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer, store.open_run(folder) as connection:
        connection.execute("SELECT COUNT(*) FROM scalars").fetchone()
        started = time.monotonic()
        writer.write(point(1, 0.5))
        writer.flush()
        assert time.monotonic() - started < 1
        assert connection.execute("SELECT COUNT(*) FROM scalars").fetchone() == (0,)
    assert len(store.scalars(folder)) == 1


def test_a_row_is_on_disk_within_a_moment_though_no_other_follows(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        writer.write(point(1, 0.5))
        time.sleep(0.6)
        assert len(store.scalars(folder)) == 1


WRITE_FOREVER = """
import sys
from pathlib import Path
from runtime.runs.folder import RunFolder
from tests.runtime.runs.made import point
folder = RunFolder(Path(sys.argv[1]))
with folder.lock(), folder.writer() as writer:
    for step in range(1, 10**9):
        writer.write(point(step, float(step)))
        if step % 50 == 0:
            writer.flush()
            print(step, flush=True)
"""


def test_no_acknowledged_row_is_lost_when_the_writer_is_killed(home: Path) -> None:
    folder = make_folder(home)
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER, str(folder.path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(home),
    )
    assert child.stdout is not None
    acknowledged = [int(child.stdout.readline()) for _ in range(20)]
    child.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in child.stdout.read().split()]
    child.wait()
    child.stdout.close()
    steps = list(store.scalars(folder)["step"])
    assert len(steps) >= acknowledged[-1] and steps == list(range(1, len(steps) + 1))
    with folder.lock(), folder.writer() as writer:
        writer.write(point(10**9, 1.0))
    assert len(store.scalars(folder)) == len(steps) + 1


@pytest.mark.slow
def test_a_million_points_are_first_seen_quickly_and_in_few_bytes(home: Path) -> None:
    folder = make_folder(home)
    with folder.lock(), folder.writer() as writer:
        for step in range(1, 100_001):
            for name in range(10):
                writer.write(point(step, math.sin(step / 7 + name), f"curve{name}"))
    started = time.perf_counter()
    text = json.dumps(store.since(folder))
    assert time.perf_counter() - started < 0.3
    assert len(text) < 100_000
