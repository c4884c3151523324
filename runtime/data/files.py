"""Table files: CSV and its relatives, JSON, JSON lines, Parquet."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from builder.document import Origin
from builder.strict_json import JsonError, parse_json
from runtime.data.arrow import as_objects, read_arrow
from runtime.data.errors import DataError
from runtime.data.folders import explain_failure, resolve_path
from runtime.data.home import shorten_path
from runtime.data.located import Located, fingerprint_files
from runtime.data.tables import Table

MOST_BYTES = 4 * 2**30
"""A Parquet file, which is mapped and not copied."""
MOST_TEXT_BYTES = 2**30
"""A table as text, which takes several times its size while it is read."""
MOST_JSON_VALUES = 2_000_000
"""Values in one JSON document, which has to be read whole; JSON lines are read one by one."""
MOST_LINE_VALUES = 20_000_000
"""Values in a file of JSON lines: as objects of Python they take 2 GB."""
MOST_LINE_BYTES = 4 * 2**20
"""One line of a table: 10,000 columns of 400 characters. A reader takes memory for as many cells as a line has commas."""
MOST_COLUMNS = 10_000
"""Columns of a table: each is looked at on the data page."""
MOST_TIMES_LARGER = 100
"""How often larger than a Parquet file its cells may be, counted as 8 bytes each; real tables stay below 20."""
SMALLEST = 2**20
"""Parquet files below this are taken to be this large when they are measured by what they grow to."""
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, RuntimeError, csv.Error)
"""What the readers raise for files that are damaged."""
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
    except FAULTS as error:
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
    check_lines(text, path)
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


def check_lines(text: str, path: Path) -> None:
    """Raise DataError where there is a line of more cells than any table has columns."""
    start = 0
    while len(text) - start > MOST_LINE_BYTES:
        end = max(text.rfind(mark, start, start + MOST_LINE_BYTES) for mark in "\n\r")
        if end < 0:
            line = text.count("\n", 0, start) + 1
            raise DataError(
                f"{path.name}, line {line}: more than {MOST_LINE_BYTES // 2**20} MB, so it is no row of a table."
            )
        start = end + 1


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
    content = parse_json(decode_text(path), path.name, MOST_JSON_VALUES)
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        content = lists if len(lists) > 1 or not lists else next(iter(lists.values()))
    return read_records(content, path)


def read_json_lines(path: Path) -> Table:
    """Read one object a line."""
    text = decode_text(path)
    if text.count(",") + text.count("{") + text.count("[") > MOST_LINE_VALUES:
        raise DataError(f"{path.name} holds more than {MOST_LINE_VALUES:,} values. Save it as Parquet.")
    check_lines(text, path)
    records = []
    for number, line in enumerate(StringIO(text), 1):
        if line.strip():
            try:
                records.append(parse_json(line, "it", MOST_JSON_VALUES))
            except JsonError as error:
                reason = f"{path.name}, line {number}: {error}"
                raise DataError(reason, "Every line holds one JSON object.") from error
            if not records[-1]:
                raise DataError(f"{path.name}, line {number}: it holds nothing. Every line holds one JSON object.")
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

    with pq.ParquetFile(path, memory_map=True) as file:
        check_growth(file.metadata, path)
        table = file.read()
    has_features = b"huggingface" in (table.schema.metadata or {})
    return read_arrow(table, datasets.Features.from_arrow_schema(table.schema) if has_features else None)


def check_growth(about: Any, path: Path) -> None:
    """Raise DataError for a Parquet file that says of itself that it holds more than can be worked with."""
    if about.num_columns > MOST_COLUMNS:
        raise DataError(f"{path.name} has {about.num_columns:,} columns; {MOST_COLUMNS:,} is the most.")
    groups = [about.row_group(index) for index in range(about.num_row_groups)]
    size = max(8 * about.num_rows * about.num_columns, sum(group.total_byte_size for group in groups))
    if size > MOST_TIMES_LARGER * max(path.stat().st_size, SMALLEST):
        raise DataError(f"{path.name} would grow to {size / 2**30:.1f} GiB when it is read, so it is left packed.")


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
