"""Plain text as a table of one column: a row for each line, or one row that holds all of it."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pyarrow as pa

from runtime.data.converting import Conversion
from runtime.data.delimited import read_delimited
from runtime.data.dialects import NO_DELIMITER, find_delimiter
from runtime.data.encodings import examine_text
from runtime.data.errors import DataError

COLUMN = "text"
MOST_STREAM_BYTES = 2**26
"""One text as a whole, which is held in memory."""
ROWS = 50_000
"""Lines that are taken at once."""
LEAST_TABLE = 0.9
"""Of the first lines so many have equally many cells where a text is a table."""


def read_text(path: Path, conversion: Conversion, shape: str | None = None) -> None:
    """Read a text as ``lines``, as one ``stream`` or as a ``table``; where it is not said, as a table if it looks like one.

    Raises:
        DataError: it is no text, or too long to be one stream.
    """
    shape = shape or guess_shape(path)
    if shape == "table":
        read_delimited(path, conversion)
    elif shape == "stream":
        read_stream(path, conversion)
    else:
        read_lines(path, conversion)


def guess_shape(path: Path) -> str:
    """How a text is read where nobody says it. Raises DataError where it is no text."""
    return "table" if looks_like_table(path) else "lines"


def looks_like_table(path: Path) -> bool:
    """Whether the first lines are cut into equally many cells by tabs, semicolons or bars, or into three by commas."""
    head = examine_text(path, None).read_head(2**16)
    lines = head.splitlines()[:50]
    delimiter = find_delimiter("\n".join(lines))
    if delimiter == NO_DELIMITER or len(lines) < 2:
        return False
    counts = [line.count(delimiter) for line in lines if line.strip()]
    usual = max(set(counts), key=counts.count)
    return counts.count(usual) >= LEAST_TABLE * len(counts) and usual >= (2 if delimiter == "," else 1)


def read_lines(path: Path, conversion: Conversion) -> None:
    """A row for each line that holds anything."""
    file = examine_text(path)
    with path.open(encoding=file.encoding) as lines:
        while taken := list(islice(lines, ROWS)):
            texts = [text for line in taken if (text := line.strip())]
            conversion.add_texts(COLUMN, pa.array(texts, pa.string()))


def read_stream(path: Path, conversion: Conversion) -> None:
    """One row that holds the whole text."""
    if path.stat().st_size > MOST_STREAM_BYTES:
        raise DataError(
            f"{path.name} is longer than {MOST_STREAM_BYTES // 2**20} MB.", "Use its lines, or a part of it."
        )
    file = examine_text(path, None)
    conversion.add_texts(COLUMN, pa.array([path.read_text(file.encoding)], pa.string()))
