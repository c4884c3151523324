"""Table files: CSV and its relatives, JSON, JSON lines, Parquet."""

from __future__ import annotations

import codecs
import csv
import json
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from builder.document import Origin
from runtime.data.arrow import as_objects, read_arrow
from runtime.data.errors import DataError
from runtime.data.folders import explain_failure, resolve_path
from runtime.data.home import shorten_path
from runtime.data.located import Located, fingerprint_files
from runtime.data.tables import Table

MOST_BYTES = 4 * 2**30
MOST_TEXT_BYTES = 2**30
MOST_COLUMNS = 10_000
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
MISSING = ("", " ", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "-", "#N/A")


def locate_file(origin: Origin) -> Located:
    """Find a file: an absolute path, or one below the root's data folder."""
    path = resolve_path(origin.name)
    if not path.is_file():
        raise DataError(f"There is no file {shorten_path(path)}. Choose another one or put it back.")
    find_reader(path)
    return Located(fingerprint_files([(path.suffix.lower(), path)]), lambda: {"train": read_file(path)})


def find_reader(path: Path) -> Callable[[Path], Table]:
    """The reader for a file's ending. Raises DataError for an unknown one."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path.name} is of a kind that is not read here. Use {', '.join(READERS)}.")
    return reader


def read_file(path: Path) -> Table:
    """Read a table file.

    Raises:
        DataError: the file is empty, too large or damaged.
    """
    size, reader = path.stat().st_size, find_reader(path)
    most = MOST_BYTES if reader is read_parquet else MOST_TEXT_BYTES
    if size > most:
        reason = f"{path.name} has {size / 2**30:.1f} GiB; {most // 2**30} GiB is the most for this kind of file."
        raise DataError(reason, "Parquet is smaller.")
    if not size:
        raise DataError(f"{path.name} is empty. Choose a file with a header and rows.")
    try:
        table = reader(path)
    except (ValueError, TypeError, OSError, csv.Error, RecursionError) as error:
        raise DataError(f"{path.name} cannot be read: {explain_failure(error)}") from error
    if not table.columns or not len(table):
        raise DataError(f"{path.name} has a header but no rows. Add rows or choose another file.")
    return table


def read_csv(path: Path) -> Table:
    """Read delimited text: delimiter, encoding, decimal comma and missing header are found out."""
    text = decode_text(path)
    if not text.strip():
        raise DataError(f"{path.name} is empty. Choose a file with a header and rows.")
    head = "\n".join(text[:65_536].splitlines()[:50])
    delimiter = find_delimiter(head)
    header = next(csv.reader(StringIO(head), delimiter=delimiter))
    if len(header) > MOST_COLUMNS:
        raise DataError(f"{path.name} has {len(header):,} columns; {MOST_COLUMNS:,} is the most.")
    is_named = not all(is_number(cell) for cell in header)
    frame = pd.read_csv(
        StringIO(text),
        sep=delimiter,
        header=0 if is_named else None,
        decimal="," if delimiter != "," and has_decimal_commas(head) else ".",
        na_values=list(MISSING),
        skipinitialspace=True,
        index_col=False,
        low_memory=False,
    )
    if not is_named:
        frame.columns = [f"column {index + 1}" for index in range(frame.shape[1])]
    return read_frame(frame)


def decode_text(path: Path) -> str:
    """Text of a file: by its byte order mark, else UTF-8, else the Western encoding of spreadsheets."""
    content = path.read_bytes()
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding)
    if b"\0" in content[:65_536]:
        raise DataError(
            f"{path.name} is not text, so it is no table of this kind.", "Export it as CSV (UTF-8) or Parquet."
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def find_delimiter(head: str) -> str:
    """The character that cuts the lines into the same number of cells most often, two at least; else a comma."""
    best, best_score = ",", 0.0
    for delimiter in (",", ";", "\t", "|"):
        widths = [len(row) for row in csv.reader(StringIO(head), delimiter=delimiter) if row]
        if widths and widths[0] > 1:
            score = sum(width == widths[0] for width in widths) / len(widths) + widths[0] / 1e6
            best, best_score = max((best, best_score), (delimiter, score), key=lambda pair: pair[1])
    return best


def has_decimal_commas(head: str) -> bool:
    """Whether numbers are written 1,5 and none 1.5."""
    return bool(re.search(r"\d,\d", head)) and not re.search(r"\d\.\d", head)


def is_number(cell: str) -> bool:
    """Whether a cell of a header is a number, so that it is no header."""
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def read_json(path: Path) -> Table:
    """Read a list of objects, or an object of lists."""
    content = json.loads(decode_text(path))
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        content = lists if len(lists) > 1 or not lists else next(iter(lists.values()))
    return read_records(content, path)


def read_json_lines(path: Path) -> Table:
    """Read one object a line."""
    records = []
    for number, line in enumerate(decode_text(path).splitlines(), 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError as error:
                reason = f"{path.name}, line {number}: {explain_failure(error)}"
                raise DataError(reason, "Every line holds one JSON object.") from error
    return read_records(records, path)


def read_records(records: Any, path: Path) -> Table:
    """Turn JSON objects into a table."""
    is_rows = isinstance(records, list) and all(isinstance(record, dict) for record in records)
    if not (is_rows or (isinstance(records, dict) and records)):
        raise DataError(
            f"{path.name} holds no table.", "It needs a list of objects with the same names, or lists by name."
        )
    if isinstance(records, dict) and len({len(values) for values in records.values()}) > 1:
        raise DataError(f"{path.name} holds lists of different lengths, so they are no columns of one table.")
    return read_frame(pd.DataFrame(records))


def read_parquet(path: Path) -> Table:
    """Read Parquet, with the names of classes that ``datasets`` writes into it."""
    import datasets
    import pyarrow.parquet as pq

    table = pq.read_table(path, memory_map=True)
    if table.num_columns > MOST_COLUMNS:
        raise DataError(f"{path.name} has {table.num_columns:,} columns; {MOST_COLUMNS:,} is the most.")
    has_features = b"huggingface" in (table.schema.metadata or {})
    return read_arrow(table, datasets.Features.from_arrow_schema(table.schema) if has_features else None)


def read_frame(frame: pd.DataFrame) -> Table:
    """Turn a pandas frame into a table: numbers as arrays, everything else as objects with None for a missing cell."""
    frame = frame.dropna(axis="columns", how="all").dropna(axis="index", how="all")
    columns = {str(name): _read_series(frame[name]) for name in frame.columns}
    return Table({name.strip(): values for name, values in columns.items()})


def _read_series(series: pd.Series[Any]) -> np.ndarray[Any, np.dtype[Any]]:
    if series.dtype.kind in "biuf":
        return np.asarray(series.to_numpy())
    return as_objects([value if isinstance(value, list) or pd.notna(value) else None for value in series.tolist()])


READERS: dict[str, Callable[[Path], Table]] = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".parquet": read_parquet,
}
