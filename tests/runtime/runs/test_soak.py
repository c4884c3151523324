"""The first kills of the soak: no row that was told is lost, no store is broken, and the status is true at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.soak import KINDS, TRUE_SECONDS, storm


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kills", "executor"), [(1, 4, "process"), (4, 3, "thread")])
def test_servers_and_workers_killed_at_random_lose_nothing_that_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, kills: int, executor: str
) -> None:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    soak = storm(kills, seed, tmp_path)
    assert soak.kinds.total() == kills and {KINDS[kind][0] for kind in soak.kinds} == {executor}
    assert sum(told.num_rows for told in soak.told.values()) > 100
    assert not soak.lost and not soak.broken
    assert soak.untrue == [] and soak.slowest < TRUE_SECONDS
