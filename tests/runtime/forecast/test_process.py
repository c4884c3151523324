"""A forecast comes from a process of its own, is close to what a run then takes, and can be ended at any moment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from runtime.__main__ import main
from runtime.data.job import Job
from runtime.forecast import process
from runtime.forecast.process import forecast_run
from runtime.runs.errors import RunError, RunRefused
from runtime.runs.folder import create_run, list_folders
from runtime.runs.project_file import change_project, read_project
from tests.runtime.runs.conftest import home as home  # noqa: PLC0414 - a fixture
from tests.runtime.runs.made import ROOT, environment, linear, shell, wait_for

SCARCE = """
import json, sys
from pathlib import Path
from runtime.forecast import dry_run
from runtime.runs.rehearsal import rehearse
rehearse()
dry_run.read_status = lambda name: 0
dry_run.find_room = lambda device: int(sys.argv[2]) * 2**20
print(json.dumps(dry_run.measure_run(Path(sys.argv[1])).as_json()))
"""
HURRIED = """
import json, sys
from pathlib import Path
from runtime.forecast import dry_run, trials
from runtime.runs.rehearsal import rehearse
rehearse()
dry_run.QUICK_SECONDS, trials.LONGEST_STEP_SECONDS, trials.TRIAL_SECONDS = 0.0, float(sys.argv[2]), 0.5
told = []
answer = dry_run.measure_run(Path(sys.argv[1]), tell=told.append).as_json()
print(json.dumps({**answer, "told": told}))
"""
only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from Linux' /proc")


@pytest.mark.slow
@only_linux
def test_what_is_foretold_is_close_to_what_a_run_then_takes(home: Path) -> None:
    project = change_project(read_project("mlp_iris"), ["run.epochs=40"])
    forecast = forecast_run(project)
    assert (forecast.steps, forecast.batch, forecast.fits) == (40 * 8, 16, True)
    assert forecast.largest == forecast.most == 120
    assert forecast.seconds > forecast.steps * forecast.step > 0
    summary, peak = train_and_watch(home, project.model_dump_json())
    assert summary["steps"] == forecast.steps
    assert abs(forecast.memory / peak - 1) < 0.4
    assert list_folders() == [] and not list((home / "runs").iterdir())


@pytest.mark.slow
@only_linux
def test_a_forecast_measures_the_machine_so_that_the_run_need_not(home: Path) -> None:
    forecast_run(linear())
    measured = (home / "ceilings.json").read_bytes()
    forecast_run(linear())
    assert json.loads(measured) and (home / "ceilings.json").read_bytes() == measured


def test_it_ends_with_its_process_when_nobody_wants_it_any_more(home: Path) -> None:
    seen: list[Any] = []
    job = Job(lambda report: forecast_run(linear(), lambda doing, done: (report(doing, done), seen.append(doing))[0]))
    wait_for(lambda: seen)
    wait_for(lambda: any(re.search(r"step \d.* with batches of .* · \d+ s", doing) for doing in seen))
    job.stop()
    assert job.wait(20) and job.error == "Stopped. Nothing was changed."
    assert not find_processes(home)
    assert not list((home / "runs").iterdir())


def test_it_ends_when_it_takes_too_long(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LONGEST_SECONDS", 0.1)
    with pytest.raises(RunError, match="was not measured"):
        forecast_run(linear())
    assert not find_processes(home)


def test_what_a_library_prints_meanwhile_is_passed_over() -> None:
    lines = ["a library says hello", "[1]", '{"doing": "step 1"}', "null", '{"refused": ["No room.", ""]}', "after it"]
    answer = say(lines, code=0)
    assert answer == {"refused": ["No room.", ""]}
    assert say(["a library says hello", '{"doing": "step 1"}'], code=1) == {}


def say(lines: list[str], code: int) -> dict[str, Any]:
    """What is heard of a process that prints these lines and ends."""
    script = f"import sys; print({chr(10).join(lines)!r}); sys.exit({code})"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as talking:
        return process.wait_for(talking, None)


def test_a_process_that_says_nothing_is_told_with_how_it_ended() -> None:
    for code, told in (("sys.exit(3)", "ended with code 3"), ("os.kill(os.getpid(), 9)", "was killed")):
        with subprocess.Popen([sys.executable, "-c", f"import os, sys; {code}"], stdout=subprocess.PIPE) as silent:
            heard = process.wait_for(silent, None)
            with pytest.raises(RunError, match=told):
                process.read_answer(silent, heard)


@pytest.mark.slow
def test_a_process_for_which_nobody_waits_ends(home: Path) -> None:
    folder = create_run(linear(epochs=1_000_000))
    nobody = "0"
    done = subprocess.run(
        shell("measure", folder.path, "wall", nobody), env=environment(home), timeout=120, check=False
    )
    assert done.returncode == process.GONE


@pytest.mark.slow
@only_linux
def test_a_batch_that_will_not_fit_is_told_with_one_that_does(home: Path) -> None:
    forecast = measure_digits(home, SCARCE, "170")
    assert not forecast["fits"]
    assert re.fullmatch(r'Set batch_size to (64|128|256) in the Data node "data": that fits\.', forecast["advice"])


@pytest.mark.slow
@only_linux
def test_what_is_foretold_from_fewer_rows_is_close_to_what_the_whole_batch_takes(home: Path) -> None:
    whole, fewer = measure_digits(home, HURRIED, "1000"), measure_digits(home, HURRIED, "0")
    assert any("1,024" in doing for doing in whole["told"]) and not any("1,024" in doing for doing in fewer["told"])
    assert fewer["steps"] == whole["steps"]
    assert fewer["fits"] and abs(fewer["memory"] / whole["memory"] - 1) < 0.2, (fewer, whole)


def test_the_shell_tells_of_a_network_that_no_memory_holds(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["estimate", "vgg11", "--set=networks.hidden.fc.out_features=1000000"]) == 1
    told = capsys.readouterr().out
    assert re.match(r"It will not fit: it needs more than 8.2 TB, and .* are free. Make the network", told)
    assert not (home / "runs").exists()


def test_a_project_with_errors_is_refused_at_once(home: Path) -> None:
    with pytest.raises(RunRefused, match="cannot be trained"):
        forecast_run(change_project(linear(), ["training.data.source=nothing"]))
    assert not (home / "runs").exists()


def measure_digits(home: Path, script: str, *arguments: str) -> dict[str, Any]:
    """What a script in a process of its own measures of a network for digits with large batches."""
    project = change_project(read_project("mnist_cnn"), ["training.data.batch_size=1024", "run.threads=1"])
    embedded = tuple(origin for origin in project.data["main"].origins if origin.kind == "embedded")
    source = project.data["main"].model_copy(update={"origins": embedded})
    folder = create_run(project.model_copy(update={"data": {"main": source}}))
    done = subprocess.run(
        [sys.executable, "-c", script, folder.path, *arguments],
        env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def train_and_watch(home: Path, project: str) -> tuple[dict[str, Any], int]:
    """Train in a shell; returns how it ended, and the peak of its memory."""
    (home / "my_project.json").write_text(project, encoding="utf-8")
    peak = 0
    with subprocess.Popen(
        shell("train", home / "my_project.json", "--runs", home / "elsewhere"),
        env=environment(home), stdout=subprocess.PIPE, text=True,
    ) as trained:  # fmt: skip
        while trained.poll() is None:
            peak = max(peak, read_peak(trained.pid))
            time.sleep(0.02)
        assert trained.stdout is not None
        return json.loads(trained.stdout.read().splitlines()[-1]), peak


def read_peak(pid: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def find_processes(home: Path) -> list[Path]:
    """The processes that measure for this home."""
    return [
        path
        for path in Path("/proc").glob("[0-9]*")
        if b"measure" in (words := read_words(path)) and any(str(home).encode() in word for word in words)
    ]


def read_words(path: Path) -> list[bytes]:
    try:
        return (path / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
