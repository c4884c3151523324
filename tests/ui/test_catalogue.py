"""The catalogue is there at once where it was described before for the same code, and described anew where it was not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ui import catalogue


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that is not there yet."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_it_describes_every_kind_of_both_graphs(home: Path) -> None:
    kinds = json.loads(catalogue.describe_kinds())
    assert {"Conv2d", "Linear", "LSTM"} <= {kind["kind"] for kind in kinds["network"]}
    assert {"Data", "Adam", "CrossEntropyLoss"} <= {kind["kind"] for kind in kinds["training"]}


def test_what_was_kept_is_told_without_loading_torch(home: Path) -> None:
    body = catalogue.keep(b'{"network":[],"training":[]}')
    code = "import sys; from ui.catalogue import read_catalogue; print(read_catalogue()[1].decode(), 'torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"{body.decode()} False"


@pytest.mark.parametrize("end", [-1, 40])
def test_what_was_cut_is_not_told(home: Path, end: int) -> None:
    catalogue.keep(b'{"network":[]}')
    file = home / catalogue.FILE
    file.write_bytes(file.read_bytes()[:end])
    assert catalogue.read_kept() is None


def test_what_other_code_described_is_not_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = catalogue.keep(b'{"network":[]}')
    assert catalogue.read_kept() == body
    monkeypatch.setattr(catalogue, "read_fingerprint", lambda: "of other code")
    assert catalogue.read_kept() is None


def test_a_disk_that_does_not_take_it_is_no_trouble(home: Path) -> None:
    home.write_text("a file where the folder would be")
    assert catalogue.keep(b"{}") == b"{}" and catalogue.read_kept() is None
