"""The first kills of the soak: no row that was told is lost, no store is broken, and the status is true at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak import KINDS, TRUE_SECONDS, Soak, Told, storm
from tests.runtime.runs.made import make_folder, point


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kills", "executor"), [(1, 4, "process"), (4, 3, "thread")])
def test_servers_and_workers_killed_at_random_lose_nothing_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, kills: int, executor: str
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    soak = storm(kills, seed, tmp_path)
    assert soak.kinds.total() == kills and {KINDS[kind][0] for kind in soak.kinds} == {executor}
    assert sum(told.num_rows for told in soak.told.values()) > 30
    assert not soak.lost and not soak.broken
    assert soak.untrue == [] and soak.slowest < TRUE_SECONDS


def test_the_soak_sees_a_row_that_is_gone_or_changed_and_a_store_that_is_broken(home: Path) -> None:
    folder = make_folder(home / "runs")
    with folder.lock(), folder.writer() as writer:
        writer.write_status("interrupted")
        writer.write(point(1, 0.5))
        writer.write(point(2, 0.25))
    soak, told = Soak(home, 0), Told()
    soak.told[folder.id] = told
    told.points = {("train", "loss", 1): 0.5, ("train", "loss", 2): 0.25}
    soak.check(folder.id)
    assert not soak.lost and not soak.broken
    told.points |= {("train", "loss", 2): 0.125, ("train", "loss", 3): 1.0}
    told.tables, told.notices, told.saved = {("test", "matrix", 1): [[1]]}, {"Digits stand in."}, 7
    soak.check(folder.id)
    assert len(soak.lost) == 4 and soak.broken == {folder.id}
    soak.broken.clear()
    folder.database.write_bytes(b"no database" * 500)
    soak.check(folder.id)
    assert soak.broken == {folder.id}
