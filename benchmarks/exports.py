"""What every preset leaves with: files that a process without Layerloom runs, with the outputs of the run.

``python -m benchmarks.exports [NAME ...]`` with the names of presets, all of them unless told otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.record import record
from runtime.export.runs import export_run
from runtime.runs.errors import RunError
from runtime.runs.folder import create_run
from runtime.runs.project_file import change_project, read_project
from runtime.runs.worker import work

PRESETS = Path(__file__).parents[1] / "presets"
STEPS = 2
SCRIPTS = ("predict.py", "sample.py")
NOTHING = "nothing to ask"
EXPLANATION = (
    f"Each preset is trained for {STEPS} steps on the data that comes with Layerloom and taken home. *Verified* says that a "
    "fresh process, which can import neither Layerloom nor what it is built with, went from raw samples to the outputs of the "
    "run with the files alone: within 1e-5, the answers in words included, tokens equal where a network writes, and "
    "of the same noise the same pictures."
)


def take_home(name: str) -> dict[str, Any]:
    """Train a preset for a moment and take it home."""
    begun = time.perf_counter()
    folder = create_run(change_project(read_project(name), [f"run.max_steps={STEPS}"]))
    work(folder)
    verified: bool | str
    try:
        taken = export_run(folder)
    except RunError as error:
        told, verified = str(error), False
    else:
        told = taken.verification.sentence
        verified = taken.verified if any((taken.folder / name).is_file() for name in SCRIPTS) else NOTHING
    return {"preset": name, "verified": verified, "told": told, "seconds": round(time.perf_counter() - begun, 1)}


def main() -> None:
    """Take home what was asked for, and write each down as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["LAYERLOOM_HOME"] = home
        for name in options.names or sorted(path.stem for path in PRESETS.glob("*.json")):
            row = take_home(name)
            record("exports", [row], "preset", EXPLANATION)
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
