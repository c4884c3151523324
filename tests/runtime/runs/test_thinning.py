from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.events import Sample
from runtime.runs import store, thinning
from runtime.runs.folder import RunFolder
from runtime.runs.thinning import EARLIER, NEWEST, Kept, choose_staying
from tests.runtime.runs.made import make_folder

LARGE = {"pixels": "0123456789" * 2_000}


def write_samples(folder: RunFolder, first: int, last: int, large_every: int = 10, node: str = "images") -> None:
    """One sample a step, as an hour of training makes them, some of which are kept in files."""
    with folder.lock(), folder.writer() as writer:
        for step in range(first, last):
            writer.write(Sample(step, node, {**LARGE, "step": step} if step % large_every == 0 else {"step": step}))
            if step % 40 == 0:
                writer.flush()


def measure(folder: RunFolder) -> int:
    """What the samples of a run take on the disk."""
    sizes = store.read_table(folder, "SELECT COALESCE(SUM(LENGTH(payload)), 0) AS size FROM samples")["size"]
    return int(sizes[0]) + sum(path.stat().st_size for path in folder.samples.iterdir())


def test_the_newest_samples_stay_and_earlier_ones_lie_evenly(home: Path) -> None:
    folder = make_folder(home)
    for first, last in ((1, 2001), (2001, 4001)):
        write_samples(folder, first, last)
    steps = store.samples(folder)["step"].tolist()
    assert steps[-NEWEST:] == list(range(4001 - NEWEST, 4001)) and steps[0] == 1
    assert EARLIER / 2 < len(steps) - NEWEST <= EARLIER + 60
    earlier = [step for step in steps if step <= 4000 - NEWEST - 60]
    assert max(b - a for a, b in pairwise(earlier)) <= 3 * 4000 / EARLIER
    files = store.read_table(folder, "SELECT file FROM samples WHERE file IS NOT NULL")["file"]
    assert sorted(path.name for path in folder.samples.iterdir()) == sorted(files)
    kept = store.samples(folder).itertuples()
    assert all((store.sample(folder, row.id) or {})["step"] == row.step for row in kept)


def test_a_reader_misses_no_new_sample_while_old_ones_go(home: Path) -> None:
    folder = make_folder(home)
    cursor, seen = "", []
    with folder.lock(), folder.writer() as writer:
        for step in range(1, 1001):
            writer.write(Sample(step, "images", {"step": step}))
            writer.flush()
            news = store.since(folder, cursor)
            cursor, seen = news["cursor"], [*seen, *(sample["step"] for sample in news["samples"])]
    assert seen == list(range(1, 1001))


def test_the_samples_of_a_run_stay_within_their_bytes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "MOST_BYTES", 200_000)
    folder = make_folder(home)
    write_samples(folder, 1, 800, large_every=1, node="images")
    write_samples(folder, 1, 200, large_every=1, node="others")
    write_samples(folder, 1, 3, node="last")
    assert measure(folder) <= 200_000
    frame = store.samples(folder)
    assert {node: group["step"].max() for node, group in frame.groupby("node")} == {
        "images": 799, "others": 199, "last": 2,
    }  # fmt: skip


def test_files_that_a_crash_left_behind_go(home: Path) -> None:
    folder = make_folder(home)
    write_samples(folder, 1, 20)
    (folder.samples / "00009999.json.gz").write_bytes(b"of no row")
    write_samples(folder, 20, 30)
    assert [path.name for path in sorted(folder.samples.iterdir())] == ["00000010.json.gz", "00000020.json.gz"]


def test_a_sample_that_cannot_be_removed_costs_no_new_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("runtime.runs.writer.thin_samples", fail)
    folder = make_folder(home)
    write_samples(folder, 1, 400)
    assert store.samples(folder)["step"].tolist() == list(range(1, 400))


def test_one_sample_larger_than_allowed_stays() -> None:
    huge = [Kept(number, "images", number, None, 10**9) for number in range(5)]
    assert choose_staying(huge) == {huge[-1]}
    assert choose_staying([]) == set()
