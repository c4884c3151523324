"""Table files: which ones are read, how large they may be, and what reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from builder.document import Origin
from runtime.data.arrow import read_arrow
from runtime.data.delimited import read_delimited
from runtime.data.dialects import MOST_COLUMNS
from runtime.data.errors import DataError
from runtime.data.folders import explain_failure, resolve_path
from runtime.data.home import shorten_path
from runtime.data.kept_tables import Write, keep_table, write_batches, write_converted
from runtime.data.located import Located, fingerprint_files
from runtime.data.plain_text import read_text
from runtime.data.records import read_json, read_json_lines
from runtime.data.spreadsheets import read_spreadsheet
from runtime.data.tables import Table

MOST_BYTES = 4 * 2**30
"""A file of any kind; what is larger is better kept as a folder of Parquet files."""
MOST_TIMES_LARGER = 100
"""How often larger than a Parquet file its cells may be, counted as 8 bytes each; real tables stay below 20."""
SMALLEST = 2**20
"""Parquet files below this are taken to be this large when they are measured by what they grow to."""
FAULTS = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, RuntimeError, SyntaxError)
"""What the readers raise for files that are damaged; of XML that is damaged a SyntaxError."""
ROWS = 4_096
"""Rows of Parquet that are unpacked at once; in each may be a picture."""
Options = Mapping[str, Any]


def locate_file(origin: Origin) -> Located:
    """Find a file: an absolute path, or one below the root's data folder."""
    path = resolve_path(origin.name)
    if not path.is_file():
        raise DataError(f"There is no file {shorten_path(path)}. Choose another one or put it back.")
    find_writer(path, origin.options)
    fingerprint = fingerprint_files([(path.suffix.lower(), path)])
    options = json.dumps(origin.options, sort_keys=True) if origin.options else ""
    return Located(fingerprint + options, lambda: {"train": read_file(path, origin.options, fingerprint)})


def find_writer(path: Path, options: Options) -> Write:
    """What writes the table of a file as Arrow, by its ending. Raises DataError for an unknown one."""
    ending = path.suffix.lower()
    if ending in OLD:
        raise DataError(f"{path.name} is of a kind of spreadsheet that is not read here.", "Save it as .xlsx.")
    if ending not in ENDINGS:
        raise DataError(f"{path.name} is of a kind that is not read here. Use {', '.join(ENDINGS)}.")
    if ending == ".parquet":
        return partial(write_parquet, path)
    named = {".xlsx": {"sheet": options.get("sheet")}, ".txt": {"shape": options.get("shape")}}.get(ending, {})
    return partial(write_converted, partial(READERS[ending], path, **named))


def read_file(path: Path, options: Options | None = None, fingerprint: str | None = None) -> Table:
    """Read a table file. What was read once is kept and mapped.

    Args:
        path: the file.
        options: ``sheet`` of a spreadsheet; ``shape`` of a text: ``table``, ``lines`` or ``stream``.
        fingerprint: what tells its content apart, where that is known.

    Raises:
        DataError: the file is empty, too large or damaged.
    """
    options = options or {}
    check_size(path)
    write = find_writer(path, options)
    known = fingerprint or fingerprint_files([(path.suffix.lower(), path)])
    key = json.dumps([known, path.name, options.get("sheet"), options.get("shape")])
    try:
        table, notices = keep_table(key, write)
        features = find_features(table)
    except FAULTS as error:
        raise DataError(f"{path.name} cannot be read: {explain_failure(error)}") from error
    if not table.num_columns or not table.num_rows:
        raise DataError(f"{path.name} has a header but no rows. Add rows or choose another file.")
    return read_arrow(table, features, notices=notices)


def check_size(path: Path) -> None:
    """Raise DataError for a file that is empty or larger than can be worked with."""
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise DataError(
            f"{path.name} has {size / 2**30:.1f} GiB; {MOST_BYTES // 2**30} GiB is the most for one file.",
            "Divide it into several files in a folder.",
        )
    if not size:
        raise DataError(f"{path.name} is empty. Choose a file with a header and rows.")


def find_features(table: pa.Table) -> Any:
    """The features that ``datasets`` wrote into a table, which name the values of classes; None where it did not."""
    import datasets

    is_written = b"huggingface" in (table.schema.metadata or {})
    return datasets.Features.from_arrow_schema(table.schema) if is_written else None


def write_parquet(path: Path, target: Path) -> list[str]:
    """Unpack Parquet bit by bit into Arrow, which is mapped."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=True) as file:
        check_growth(file.metadata, path)
        return write_batches(file.iter_batches(ROWS), file.schema_arrow, target)


def check_growth(about: Any, path: Path) -> None:
    """Raise DataError for a Parquet file that says of itself that it holds more than can be worked with."""
    if about.num_columns > MOST_COLUMNS:
        raise DataError(f"{path.name} has {about.num_columns:,} columns; {MOST_COLUMNS:,} is the most.")
    groups = [about.row_group(index) for index in range(about.num_row_groups)]
    size = max(8 * about.num_rows * about.num_columns, sum(group.total_byte_size for group in groups))
    if size > MOST_TIMES_LARGER * max(path.stat().st_size, SMALLEST):
        raise DataError(f"{path.name} would grow to {size / 2**30:.1f} GiB when it is read, so it is left packed.")


READERS: dict[str, Callable[..., None]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_text,
    ".xlsx": read_spreadsheet,
    ".json": read_json,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}
ENDINGS = (*READERS, ".parquet")
OLD = (".xls", ".xlsm", ".xlsb", ".ods")
