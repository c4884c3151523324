from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder.__main__ import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "builder" / "rules" / "examples"
PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.json"))


def test_check_lists_findings_and_exits_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(EXAMPLES / "T005_kernel_too_large" / "project.json")]) == 1
    out = capsys.readouterr().out
    assert "networks.model.conv1: error T005: Conv2d" in out
    assert "1 error, 0 other findings." in out


def test_check_of_warnings_alone_exits_with_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(EXAMPLES / "L002_softmax" / "project.json")]) == 0
    assert "0 errors, 1 other finding." in capsys.readouterr().out


def test_check_as_json_gives_repairs_with_their_edits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", str(EXAMPLES / "S010_dunder" / "project.json")]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["code"], finding["graph"], finding["node"]) == ("S010", "networks.model", "__class__")
    assert finding["repairs"][0]["edits"] == [
        {"op": "rename_node", "graph": "networks.model", "id": "__class__", "to": "class_1"}
    ]


def test_summary_gives_shapes_parameters_and_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", "mnist_convnet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "network model"
    assert next(line for line in lines if line.startswith("total")).split()[1] == "34,826"


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("option", [[], ["--train"]], ids=["model", "train"])
def test_code_prints_source_that_compiles(preset: str, option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["code", preset, *option]) == 0
    compile(capsys.readouterr().out, f"{preset}.py", "exec")


def test_code_of_a_broken_project_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    path = EXAMPLES / "T005_kernel_too_large" / "project.json"
    assert main(["code", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "python -m builder check" in captured.err


@pytest.mark.parametrize("command", ["check", "summary", "code"])
def test_what_cannot_be_opened_gets_a_sentence(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": 1, "networks": {')
    for name, words in (
        ("nothing_like_it", "Presets: "),
        (str(tmp_path), "cannot be read"),
        (str(broken), "breaks off"),
    ):
        assert main([command, name]) == 1
        captured = capsys.readouterr()
        assert words in captured.err
        assert "Traceback" not in captured.err


def test_it_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "builder", "check", "linear_regression"],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "0 errors, 0 other findings.\n")


def test_import_reads_source_says_what_it_leaves_and_writes_a_project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listing, out = ROOT / "tests" / "builder" / "importer" / "listings" / "cifar_cnn.py", tmp_path / "net.json"
    assert main(["import", str(listing), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("line 44: ")
    assert lines[-1] == "network net: 14 nodes, 13 links"
    assert main(["summary", str(out)]) == 0
    assert "62,006" in capsys.readouterr().out


def test_what_cannot_be_imported_gets_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "nothing.py"
    source.write_bytes(b"\xff\xfe\x00")
    assert main(["import", str(source)]) == 1
    assert "null bytes" in capsys.readouterr().err
    assert main(["import", str(tmp_path / "absent.py")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    source.write_text("nn.Sequential(nn.Linear(2, 1))")
    assert main(["import", str(source), "--out", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().err
