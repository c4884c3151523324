"""What a run takes, foretold from a few steps, beside what the run then took: every preset that has data with it.

``python -m benchmarks.forecast [PRESET ...] [--seconds 15] [--clock wall|processor]``
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.record import CLOCKS, record
from builder.document import Project
from builder.loading import load_project
from runtime.forecast.costs import Forecast
from runtime.forecast.process import forecast_run
from runtime.runs.errors import RunError
from runtime.runs.executors import ProcessExecution
from runtime.runs.folder import find_run
from runtime.runs.store import UNFINISHED, read_status
from runtime.runs.supervisor import Supervisor

PRESETS = Path(__file__).parents[1] / "presets"
MEMORY, TIME = 0.15, 0.25
"""How far a forecast may lie from what is measured."""
LOOK_SECONDS = 0.02
QUIET_SECONDS = 0.5
EXPLANATION = (
    "Every preset on the data that comes with Layerloom, on the CPU. *Foretold* is what `python -m runtime estimate` says; "
    "*measured* is the same run by a worker that stood by, as after a click on Train: its peak of resident memory (`VmHWM`), "
    "and the seconds until it was recorded as finished, with no second worker loading meanwhile. Runs are cut by "
    "`run.max_steps` to a length of some seconds, and none is ended early; the forecast is that of the cut run. Aims: memory "
    "within 15%, time within 25%, both as a part of what was measured. The *processor* clock counts only the work of the "
    "processes, for machines that others use too."
)


def read_preset(name: str) -> Project:
    """A preset with the data that comes along, that is not ended early."""
    project = load_project((PRESETS / f"{name}.json").read_bytes())
    data = {
        name: source.model_copy(
            update={"origins": tuple(one for one in source.origins if one.kind == "embedded"), "facts": None}
        )
        for name, source in project.data.items()
    }
    run = project.run.model_copy(update={"early_stopping": None, "device": "cpu"})
    return project.model_copy(update={"data": data, "run": run})


def foretell(project: Project, seconds: float, clock: str) -> tuple[Project, Forecast]:
    """A project cut to a run of about so many seconds, and its forecast."""
    forecast = forecast_run(project, clock=clock)
    if forecast.seconds <= seconds:
        return project, forecast
    steps = max(3, int(seconds / forecast.seconds * forecast.steps))
    cut = project.model_copy(update={"run": project.run.model_copy(update={"max_steps": steps})})
    return cut, forecast_run(cut, clock=clock)


@contextmanager
def open_supervisor() -> Iterator[Supervisor]:
    """A supervisor whose worker stands by and has loaded what it needs; no other one loads while that one trains."""
    supervisor = Supervisor(devices=("cpu",))
    supervisor.warm_up()
    assert supervisor.warm.child is not None
    wait_until_idle(supervisor.warm.child.pid)
    supervisor.warm.closed = True
    yield supervisor
    supervisor.close()


def wait_until_idle(process: int) -> None:
    """Wait until a process that loads does no more."""
    before = -1
    while (now := count_ticks(process)) != before or now == 0:
        before = now
        time.sleep(QUIET_SECONDS)


def make_clock(clock: str, process: int) -> Callable[[], float]:
    """The clock on the wall, or the processor time of a process."""
    ticks = os.sysconf("SC_CLK_TCK")
    return time.perf_counter if clock == "wall" else lambda: count_ticks(process) / ticks


def count_ticks(process: int) -> int:
    """The processor time that a process has taken."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def measure(project: Project, clock: str) -> tuple[float, int, str]:
    """Train in a worker; returns seconds, the peak of its memory in bytes, and how it ended."""
    with open_supervisor() as supervisor:
        assert supervisor.warm.child is not None
        now, peak = make_clock(clock, supervisor.warm.child.pid), 0
        begun = now()
        run = supervisor.start(project)
        folder = find_run(run)
        while (status := read_status(folder)) in UNFINISHED:
            peak = max(peak, read_peak(supervisor, run))
            time.sleep(LOOK_SECONDS)
            seconds = now() - begun
        while run in supervisor.owned:
            peak = max(peak, read_peak(supervisor, run))
            time.sleep(LOOK_SECONDS)
        return seconds, peak, status


def read_peak(supervisor: Supervisor, run: str) -> int:
    """The peak of the memory of the process that trains a run; 0 where it has gone."""
    owned = supervisor.owned.get(run)
    execution = owned[1] if owned else None
    if not isinstance(execution, ProcessExecution) or execution.child is None:
        return 0
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{execution.child.pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def describe(name: str, forecast: Forecast, seconds: float, peak: int, status: str, clock: str) -> dict[str, Any]:
    """A row of the table."""
    memory, duration = forecast.memory / max(1, peak) - 1, forecast.seconds / seconds - 1
    return {
        "preset": name if clock == "wall" else f"{name}, {clock} clock",
        "steps": forecast.steps,
        "foretold MB": round(forecast.memory / 1e6),
        "measured MB": round(peak / 1e6),
        "memory off": f"{memory:+.0%}",
        "foretold s": round(forecast.seconds, 1),
        "measured s": round(seconds, 1),
        "time off": f"{duration:+.0%}",
        "within": "both" if abs(memory) <= MEMORY and abs(duration) <= TIME
        else "memory" if abs(memory) <= MEMORY else "time" if abs(duration) <= TIME else "neither",
        "ended": status,
    }  # fmt: skip


def list_names() -> list[str]:
    """The presets with embedded data."""
    return sorted(
        file.stem for file in PRESETS.glob("*.json") if all(s.origins for s in read_preset(file.stem).data.values())
    )


def main() -> None:
    """Compare what was asked for, and write each down as soon as it is known."""
    parser = argparse.ArgumentParser(description="Forecasts beside what runs take.")
    parser.add_argument("names", nargs="*", help="presets; all with embedded data unless told otherwise")
    parser.add_argument("--seconds", type=float, default=15.0, help="about how long a run may take")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    for name in options.names or list_names():
        with tempfile.TemporaryDirectory() as home:
            os.environ["LAYERLOOM_HOME"] = home
            try:
                project, forecast = foretell(read_preset(name), options.seconds, options.clock)
                row = describe(name, forecast, *measure(project, options.clock), options.clock)
            except RunError as refused:
                print(f"{name}: {refused}", flush=True)
                continue
            record("forecast", [row], "preset", EXPLANATION)
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
