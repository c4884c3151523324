"""Delimited text (CSV and its relatives), read a block at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from runtime.data.converting import Chunk, Conversion
from runtime.data.dialects import Dialect, find_dialect, list_some
from runtime.data.encodings import TextFile, examine_text
from runtime.data.errors import DataError

BLOCK = 2**24
"""What is parsed in one go: several of the longest lines."""
MOST_RAGGED = 100_000
"""Rows with another number of cells than the header; a file with more of them is no table."""
MOST_LONG = 0.1
"""Of all rows so many may hold more cells than the header, and are left out."""


def read_delimited(path: Path, conversion: Conversion) -> None:
    """Read delimited text: encoding, delimiter, decimal commas, a missing header and lines above it are found out.

    Raises:
        DataError: it is no text, or its rows cannot be told apart.
    """
    file = examine_text(path)
    dialect = find_dialect(file.read_head(), path.name)
    ragged = RaggedRows(dialect, path.name)
    conversion.num_above = dialect.num_skipped + dialect.has_header
    conversion.prefers_commas = dialect.delimiter != ","
    conversion.notices += dialect.notices
    is_open = False
    for chunk in read_chunks(file, dialect, ragged):
        conversion.add(chunk)
        is_open = file.num_quotes % 2 == 1 and ends_open(chunk)
    if is_open:
        raise explain_open_quote(path.name, conversion.num_rows + len(ragged.long) + conversion.num_above)
    ragged.check(conversion.num_rows)
    conversion.left_out = ragged.long
    conversion.notices += ragged.describe()


def read_chunks(file: TextFile, dialect: Dialect, ragged: RaggedRows) -> Iterator[Chunk]:
    """The rows as text, a block at a time, with short rows filled up."""
    try:
        reader = open_reader(file, dialect, ragged)
        start = 0
        for batch in reader:
            columns = ragged.insert([batch.column(place) for place in range(batch.num_columns)], start)
            start += batch.num_rows
            yield dict(zip(dialect.names, columns, strict=True))
        if late := ragged.insert([pa.array([], pa.string())] * len(dialect.names), start, is_last=True):
            yield dict(zip(dialect.names, late, strict=True))
    except pa.ArrowInvalid as error:
        if ragged.error:
            raise ragged.error from error
        raise explain_open_quote(
            file.path.name, start + ragged.count + dialect.num_skipped + dialect.has_header
        ) from error


def open_reader(file: TextFile, dialect: Dialect, ragged: RaggedRows) -> Any:
    """A reader of blocks that takes every cell as text."""
    names = [str(place) for place in range(len(dialect.names))]
    reading = pc.ReadOptions(
        use_threads=False,
        block_size=BLOCK,
        column_names=names,
        skip_rows=dialect.num_skipped,
        skip_rows_after_names=int(dialect.has_header),
        encoding="utf8" if file.encoding.startswith("utf-8") else file.encoding,
    )
    parsing = pc.ParseOptions(
        delimiter=dialect.delimiter, newlines_in_values=True, invalid_row_handler=ragged.take, ignore_empty_lines=True
    )
    texts = dict.fromkeys(names, pa.string())
    converting = pc.ConvertOptions(column_types=texts, null_values=[], strings_can_be_null=False)
    return pc.open_csv(str(file.path), reading, parsing, converting)


class RaggedRows:
    """Rows with another number of cells than the header: short ones are filled up, long ones left out, both are told.

    Attributes:
        short: rows of the file by where they belong among the whole ones, with their cells.
        long: rows of the file that were left out.
        error: why reading cannot go on.
    """

    def __init__(self, dialect: Dialect, name: str) -> None:
        self._dialect, self._name = dialect, name
        self._short: list[tuple[int, list[str]]] = []
        self._num_given = 0
        self.short: list[int] = []
        self.long: list[int] = []
        self.first_long = ""
        self.error: DataError | None = None

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.short) + len(self.long)

    def take(self, row: Any) -> str:
        """What the reader calls for each; the answer is what it does."""
        if self.count >= MOST_RAGGED:
            self.error = self._explain()
            return "error"
        number = row.number + self._dialect.num_skipped
        place = row.number - 1 - self._dialect.has_header - self.count
        cells = self._split(row.text) if row.actual_columns < row.expected_columns else None
        if cells is None:
            self.first_long = self.first_long or f"row {number:,} has {row.actual_columns:,} cells"
            self.long.append(number)
        else:
            self.short.append(number)
            self._short.append((place, cells))
        return "skip"

    def _split(self, text: str) -> list[str]:
        """The cells of a short row and as many empty ones as it lacks."""
        cells = next(csv.reader(StringIO(text, newline=""), delimiter=self._dialect.delimiter), [])
        return [*cells, *[""] * (len(self._dialect.names) - len(cells))]

    def insert(self, columns: list[Any], start: int, is_last: bool = False) -> list[Any]:
        """Columns of whole rows, the first of them number ``start``, with the short ones at their places among them."""
        end = start + len(columns[0])
        found = []
        while self._num_given < len(self._short) and (self._short[self._num_given][0] < end or is_last):
            found.append(self._short[self._num_given])
            self._num_given += 1
        if not found:
            return [] if is_last else columns
        places = np.array([place - start for place, _ in found])
        order = np.insert(np.arange(end - start), places, np.arange(end - start, end - start + len(found)))
        rows = list(zip(*(cells for _, cells in found), strict=True))
        return [
            pa.concat_arrays([column, pa.array(cells, pa.string())]).take(pa.array(order))
            for column, cells in zip(columns, rows, strict=True)
        ]

    def check(self, num_rows: int) -> None:
        """Raise DataError where too many rows are too long: then it is the layout that is not understood."""
        if len(self.long) > MOST_LONG * (num_rows + len(self.long)):
            raise self._explain()

    def _explain(self) -> DataError:
        width = len(self._dialect.names)
        others = f", and {len(self.long) - 1:,} more are too long" if len(self.long) > 1 else ""
        reason = (
            f"{self._name}: {self.first_long or 'most rows have fewer cells'} where the header has {width:,}{others}."
        )
        return DataError(reason, "Put cells that hold the delimiter between quotation marks.")

    def describe(self) -> list[str]:
        """What was done with them, in sentences."""
        numbers = [list_some([f"{number:,}" for number in rows]) for rows in (self.short, self.long)]
        notices = [f"Rows with fewer cells than the header miss the last ones: {numbers[0]}."] if self.short else []
        return notices + ([f"Rows with more cells than the header are left out: {numbers[1]}."] if self.long else [])


def ends_open(chunk: Chunk) -> bool:
    """Whether a cell of the last row holds line ends: what a quotation mark without its end takes in."""
    return any(len(cells) and "\n" in (cells[-1].as_py() or "") for cells in chunk.values())


def explain_open_quote(name: str, row: int) -> DataError:
    """The error for a quotation mark without its end."""
    reason = f"{name}: a quotation mark is opened in row {row:,} or soon after it and never closed."
    return DataError(reason, "Close it, or write it twice where it belongs to the text.")
