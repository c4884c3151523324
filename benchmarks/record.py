"""Writes what a benchmark found beside the machine, the date and the versions: ``results/<name>.json`` and ``.md``."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

RESULTS = Path(__file__).parent / "results"
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}
"""What a person waits for; and only the process's own work, for machines that others use at the same time."""
PACKAGES = ("torch", "numpy", "datasets", "pydantic")

Row = Mapping[str, Any]


def describe_machine() -> dict[str, Any]:
    """Where and with what something was measured."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": name_processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def name_processor() -> str:
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def record(name: str, rows: Sequence[Row], key: str, explanation: str) -> None:
    """Write rows; earlier rows of the same name with another ``key`` are kept, so that parts can be measured alone.

    Args:
        name: of the two files.
        rows: what was found. The machine and the date are added to each, since rows may come from different days.
        key: the column that tells rows apart.
        explanation: what was measured and how, for the head of the page.
    """
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    known = {row[key]: row for row in (json.loads(path.read_text(encoding="utf-8")) if path.is_file() else [])}
    machine = describe_machine()
    known |= {row[key]: {**row, "machine": machine} for row in rows}
    path.write_text(json.dumps(list(known.values()), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_suffix(".md").write_text(write_page(name, list(known.values()), explanation), encoding="utf-8")


def record_each(
    name: str,
    compare: Callable[[str], Sequence[Row]],
    names: Sequence[str],
    description: str,
    explanation: str,
    key: str = "measurement",
) -> None:
    """Measure what the command line asks for, all of it unless told otherwise, in one thread and a home of its own.

    Each is written down as soon as it is known.

    Args:
        name: of the results.
        compare: measures one and gives its rows.
        names: what there is to measure.
        description: what the command line says of itself.
        explanation: as for ``record``.
        key: the column that tells rows apart.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", help=", ".join(names))
    asked = parser.parse_args().names or names
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        os.environ["LAYERLOOM_HOME"] = home
        for each in asked:
            record(name, compare(each), key, explanation)


def write_page(name: str, rows: Sequence[Row], explanation: str) -> str:
    """The rows as a table, and below it where they were measured."""
    columns = list(dict.fromkeys(column for row in rows for column in row if column != "machine"))
    lines = [f"# {name.replace('_', ' ').capitalize()}", "", explanation, "", write_line(columns)]
    lines.append("|" + "---|" * len(columns))
    lines += [write_line([show(row.get(column, "")) for column in columns]) for row in rows]
    lines += ["", "Measured on:", ""]
    places: dict[str, list[str]] = {}
    for row in rows:
        place = ", ".join(f"{name} {value}" for name, value in row["machine"].items())
        places.setdefault(place, []).append(str(next(iter(row.values()))))
    lines += [f"- {', '.join(names)}: {place}" for place, names in places.items()]
    return "\n".join(lines) + "\n"


def write_line(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def show(value: Any) -> str:
    """A cell: numbers with four digits, lists with commas."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(show(item) for item in value)
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
