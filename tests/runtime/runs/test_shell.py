from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runtime.__main__ import main
from runtime.runs import project_file, store
from runtime.runs.devices import Devices
from runtime.runs.errors import RunError
from runtime.runs.folder import RunFolder, list_folders
from runtime.runs.shell import wait_for_device
from tests.runtime.runs.made import environment, has_steps, make_folder, run_shell, shell, wait_for


def last_line(output: str) -> dict[str, Any]:
    """The JSON that a command printed last."""
    return dict(json.loads(output.strip().splitlines()[-1]))


def test_train_prints_progress_and_last_one_line_of_json(home: Path) -> None:
    done = run_shell(home, "train", "linear_regression", "--set", "run.max_steps=50", "--set", "training.sgd.lr=0.001")
    assert (done.returncode, done.stderr) == (0, "")
    line = last_line(done.stdout)
    assert (line["status"], line["steps"]) == ("finished", 50)
    assert line["metrics"]["train"]["loss"] > 0 and line["metrics"]["train"]["sgd.lr"] == 0.001
    assert "step 1/50" in done.stdout
    folder = RunFolder(Path(line["folder"]))
    assert folder.path.parent == home / "runs" and folder.read_project().run.max_steps == 50
    assert store.read_status(folder) == "finished"


@pytest.mark.slow
def test_a_run_stopped_with_ctrl_c_is_saved_listed_and_resumed(home: Path) -> None:
    child = subprocess.Popen(
        shell("train", "linear_regression", "--set", "run.epochs=30000", "--runs", home / "mine"),
        stdout=subprocess.PIPE,
        text=True,
        env=environment(home),
        cwd=home,
    )
    wait_for(lambda: bool(list_folders(home / "mine")))
    folder = list_folders(home / "mine")[0]
    wait_for(has_steps(folder, 50))
    os.kill(child.pid, signal.SIGINT)
    output, _ = child.communicate(timeout=30)
    line = last_line(output)
    assert (child.returncode, line["status"]) == (0, "stopped") and line["steps"] < 30_000
    assert "stopped" in run_shell(home, "runs", "--runs", home / "mine").stdout
    resumed = last_line(run_shell(home, "resume", folder.path).stdout)
    assert (resumed["status"], resumed["steps"]) == ("finished", 30_000)
    again = run_shell(home, "resume", folder.id, "--runs", home / "mine")
    assert again.returncode == 1 and "has finished" in again.stderr and again.stdout == ""


def test_a_failed_run_answers_1_with_a_sentence_and_the_json(home: Path) -> None:
    done = run_shell(home, "train", "linear_regression", "--set", "training.sgd.lr=1e30")
    assert done.returncode == 1 and "became infinite" in done.stderr and "Traceback" not in done.stderr
    assert last_line(done.stdout)["status"] == "failed"


BAD = [
    (["train", "nothing_like_it"], 'no file and no preset "nothing_like_it"'),
    (["train", "linear_regression", "--set", "run.epoch=2"], 'Did you mean "epochs"?'),
    (["train", "linear_regression", "--set", "run.epochs"], "sets nothing"),
    (["train", "linear_regression", "--set", "run.epochs=0"], "at least 1"),
    (["train", "linear_regression", "--set", "training.nobody.lr=1"], "no node"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD)
def test_what_is_not_understood_answers_2_with_a_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert sentence in told.err and told.out == "" and len(told.err.splitlines()) == 1
    assert not (home / "runs").exists()


FILES = [
    ("truncated.json", b'{"name": "x", "net', "truncated.json cannot be opened"),
    ("newer.json", b'{"format": 99, "networks": {}}', "newer"),
    ("list.json", b"[1, 2]", "list.json cannot be opened"),
    ("pickle.json", b"\x80\x04\x95\x0b\x00\x00\x00\x00", "a pickle"),
    ("deep.json", b"[" * 100_000, "nested"),
    ("other.json", b'{"nodes": []}', "no project of Layerloom"),
]


@pytest.mark.parametrize(("name", "content", "sentence"), FILES)
def test_a_file_that_is_no_project_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RunError, match=sentence):
        project_file.read_project(str(tmp_path / name))


def test_a_project_with_errors_is_refused_before_it_has_a_folder(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = json.loads(project_file.find_project("linear_regression").read_text())
    for network in project["networks"].values():
        network["edges"] = []
    (home / "broken.json").write_text(json.dumps(project))
    assert main(["train", str(home / "broken.json")]) == 1
    assert "cannot be trained" in capsys.readouterr().err and not (home / "runs").exists()


def test_no_runs_and_unknown_runs_are_said_in_a_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0 and "no runs yet" in capsys.readouterr().out
    assert main(["resume", "../x"]) == 1 and "There is no run" in capsys.readouterr().err
    assert main(["export", "nothing", "--out", str(home)]) == 1 and "There is no run" in capsys.readouterr().err


@pytest.mark.slow
def test_export_writes_files_that_are_verified(home: Path) -> None:
    line = last_line(run_shell(home, "train", "linear_regression", "--set", "run.max_steps=50").stdout)
    done = run_shell(home, "export", line["folder"], "--out", home / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert Path(done.stdout.strip().splitlines()[-1]).suffix == ".zip"


def test_the_numbers_of_a_run_are_written_in_the_form_that_the_suffix_names(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_folder(home / "runs")
    for name in ("run.csv", "run.parquet"):
        assert main(["metrics", folder.id, "--out", str(home / name)]) == 0 and (home / name).stat().st_size > 0
    assert (home / "run.csv").read_text().startswith('"run","split","name"')
    assert main(["metrics", folder.id, "--out", str(home / "run.xlsx")]) == 1
    assert ".csv or .parquet" in capsys.readouterr().err
    assert main(["metrics", folder.id, "--out", str(home / "nowhere" / "run.csv")]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_run_from_a_shell_is_named_when_its_turn_comes(home: Path) -> None:
    devices = Devices()
    holder = devices.take(devices.names[0], make_folder(home / "runs", "holder").id)
    assert holder is not None
    asked: list[str] = []

    def name() -> str:
        asked.append(f"20300101-000000-late-000{len(asked)}")
        if len(asked) == 3:
            holder.release()
        return asked[-1]

    with wait_for_device(name, devices.names[0].partition(":")[0]) as slot:
        assert slot.run == asked[-1] and len(asked) >= 3
