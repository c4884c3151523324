"""The numbers of a run for other programs: CSV and Parquet, every point of every curve."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from pyarrow import Table, csv

from runtime.runs.disk import explain_disk
from runtime.runs.errors import RunError
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


WRITERS = {".csv": write_csv, ".parquet": write_parquet}


def write_metrics(folders: Sequence[RunFolder], file: Path) -> None:
    """Write the numbers in the form that the file's suffix names. Raises RunError."""
    write = WRITERS.get(file.suffix.lower())
    if write is None:
        raise RunError(f'"{file.name}" tells no form to write numbers in.', f"End its name in {' or '.join(WRITERS)}.")
    try:
        write(folders, file)
    except (OSError, sqlite3.Error) as error:
        refusal = explain_disk(error)
        raise RunError(f"{file} could not be written: {refusal.reason if refusal else error}") from error
