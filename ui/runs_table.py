"""What the runs of this computer look like in a list."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ui.training.start import read_origin


def describe_latest() -> dict[str, str]:
    """For every project what became of its latest run, in a few words."""
    from runtime.runs.listing import list_runs

    found: dict[str, str] = {}
    for run in list_runs().itertuples():
        origin = read_origin(Path(run.folder))
        if origin and origin not in found:
            found[origin] = describe_run(run.status, run.metric, run.best)
    return found


def describe_run(status: str, metric: str | None, best: float | None) -> str:
    """``finished, accuracy 0.981``."""
    if metric and best is not None and not pd.isna(best):
        return f"{status}, {metric} {best:.3g}"
    return status
