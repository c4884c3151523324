"""The table of all runs: quick at hundreds, since what was read of a run is kept until it changes."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from runtime.runs.folder import RunFolder
from runtime.runs.listing import list_runs
from ui.runs.comparison import describe_difference, read_values
from ui.runs.family import name_parents
from ui.runs.measures import measure
from ui.training.start import read_origin

COLUMNS = (
    "Run", "From", "Tags", "Status", "Curve", "Metric", "Best", "Changed", "Epochs", "Duration", "Device", "Created"
)  # fmt: skip
SELDOM = ("From", "Tags")
"""Columns that are not shown where they would be empty."""


def build_table(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs as they are shown, in the order that they are given, the newest first."""
    rows = list(runs.to_dict("records"))
    told = zip(rows, find_differences(rows), name_parents(runs), strict=True)
    table = pd.DataFrame([build_row(*one) for one in told], columns=list(COLUMNS), index=runs.index)
    return table.drop(columns=[name for name in SELDOM if not table[name].map(bool).any()])


def build_row(row: dict[str, Any], difference: str, parent: str) -> dict[str, Any]:
    """One run as a row."""
    kept = row["metric"] if isinstance(row["metric"], str) else None
    judged = measure(RunFolder(Path(row["folder"])), kept, row["metrics"] or {})
    return {
        "Run": row["name"],
        "From": parent,
        "Tags": list(row["tags"] or ()),
        "Status": str(row["status"]).capitalize(),
        "Curve": list(judged.points),
        "Metric": judged.name,
        "Best": judged.best,
        "Changed": difference,
        "Epochs": describe_epochs(row),
        "Duration": describe_seconds(row["seconds"]),
        "Device": name_device(row["device"]),
        "Created": read_time(row["created"]),
    }


def name_device(device: Any) -> str:
    """A device as people call it; nothing where it is not known yet."""
    return "" if not isinstance(device, str) else "CPU" if device == "cpu" else device


def find_differences(rows: list[dict[str, Any]]) -> list[str]:
    """What each run changed from the run of the same project before it."""
    values = [read_values(Path(row["folder"]) / "project.json") for row in rows]
    origins = [read_origin(Path(row["folder"])) or row["project"] for row in rows]
    found = []
    for number, origin in enumerate(origins):
        older = next((place for place in range(number + 1, len(rows)) if origins[place] == origin), None)
        found.append("" if older is None else describe_difference(values[number], values[older]))
    return found


def describe_epochs(row: dict[str, Any]) -> str:
    """``7 of 10``; the number alone when all are done."""
    done, of = row["epoch"], row["epochs"]
    if done is None or of is None or math.isnan(float(done)) or math.isnan(float(of)):
        return ""
    return f"{of:.0f}" if done >= of else f"{done:.3g} of {of:.0f}"


def describe_seconds(seconds: float | None) -> str:
    """``8.0 s``, ``3 m 20 s``, ``1 h 5 m``."""
    if seconds is None or math.isnan(seconds):
        return ""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} m {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} m"


def read_time(text: str | None) -> datetime | None:
    """When a run was made, in local time."""
    try:
        return datetime.fromisoformat(text).astimezone().replace(tzinfo=None) if text else None
    except ValueError:
        return None


def describe_latest() -> dict[str, str]:
    """For every project what became of its latest run, in a few words."""
    found: dict[str, str] = {}
    for run in list_runs().itertuples():
        origin = read_origin(Path(run.folder))
        if origin and origin not in found:
            found[origin] = describe_result(run.status, run.metric, run.best)
    return found


def describe_result(status: str, metric: str | None, best: float | None) -> str:
    """``accuracy 0.981``, or the status where nothing was measured."""
    if metric and best is not None and not pd.isna(best):
        return f"{metric} {best:.3g}"
    return status
