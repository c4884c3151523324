"""The numbers of a run for other programs: CSV and Parquet, every point of every curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pyarrow import Table, csv

from runtime.runs.folder import RunFolder
from runtime.runs.store import scalars

COLUMNS = ("run", "split", "name", "step", "epoch", "seconds", "value")


def collect_metrics(folders: Sequence[RunFolder]) -> pd.DataFrame:
    """Every point that was measured in some runs, a row each.

    Returns:
        ``run`` (id), ``split``, ``name`` (node of the training graph), ``step``, ``epoch``, ``seconds`` of training and
        ``value``, in the order of the runs and of their curves. A value that was no finite number is NaN.
    """
    frames = [scalars(folder).assign(run=folder.id) for folder in folders]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(COLUMNS))
    return table[list(COLUMNS)]


def write_csv(folders: Sequence[RunFolder], file: Path) -> None:
    """Write the numbers as CSV in UTF-8 with a header; a value that was no finite number is empty."""
    csv.write_csv(Table.from_pandas(collect_metrics(folders), preserve_index=False), file)


def write_parquet(folders: Sequence[RunFolder], file: Path) -> None:
    """Write the numbers as Parquet, names as dictionaries, so that a million rows take a few megabytes."""
    table = collect_metrics(folders)
    table.astype({"run": "category", "split": "category", "name": "category"}).to_parquet(file, index=False)
