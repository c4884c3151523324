"""A run's numbers leave in files that other programs read."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from starlette.testclient import TestClient

from runtime.runs.folder import RunFolder
from runtime.runs.store import scalars


def fetch(client: TestClient, run: str, name: str) -> bytes:
    answer = client.get(f"/api/runs/{run}/measured/{name}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'filename="{run}-{name}"')
    return answer.content


def test_csv_and_parquet_hold_what_was_recorded(client: TestClient, finished: RunFolder) -> None:
    recorded = scalars(finished)["value"].tolist()
    assert pd.read_csv(io.BytesIO(fetch(client, finished.id, "metrics.csv")))["value"].tolist() == recorded
    assert pd.read_parquet(io.BytesIO(fetch(client, finished.id, "metrics.parquet")))["value"].tolist() == recorded


def test_event_files_come_in_a_zip(client: TestClient, finished: RunFolder) -> None:
    with zipfile.ZipFile(io.BytesIO(fetch(client, finished.id, "tensorboard.zip"))) as archive:
        assert [name.split("/")[0] for name in archive.namelist()] == [finished.id]


def test_the_report_needs_nothing_and_shows_words_as_text(client: TestClient, finished: RunFolder) -> None:
    finished.write_meta(
        name="A </script><script>alert(1)</script>", notes='<img src="x" onerror="alert(2)">', tags=["<b>"]
    )
    report = fetch(client, finished.id, "report.html").decode()
    assert (
        "alert(1)</script>" not in report.replace("&lt;/script&gt;", "") and "<img" not in report.split("<script>")[0]
    )
    assert not re.search(r'(?:src|href)="', report.split("<script>")[0])
    for words in ("Results", "Curves", "Networks", "Settings", "Environment", "&lt;b&gt;"):
        assert words in report


def test_nothing_is_left_behind(
    client: TestClient, finished: RunFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    for name in ("metrics.csv", "metrics.parquet", "tensorboard.zip", "report.html"):
        fetch(client, finished.id, name)
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("name", ["project.json", "..%2Frun.db", "metrics.xlsx"])
def test_other_files_are_not_given(client: TestClient, finished: RunFolder, name: str) -> None:
    assert client.get(f"/api/runs/{finished.id}/measured/{name}").status_code == 404
