"""How a delimited text is laid out: its delimiter, where its header stands, and what its columns are called."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice

from runtime.data.encodings import MOST_LINE_BYTES
from runtime.data.errors import DataError

MOST_COLUMNS = 10_000
"""Columns of a table: each is looked at on the data page."""
NUM_LINES = 50
"""Lines by which the layout is judged."""
MOST_ABOVE = 20
"""Lines above the header, such as a title."""
DELIMITERS = (",", ";", "\t", "|")
NO_DELIMITER = "\x1f"
"""Where there is one column, a comma in it is no delimiter; this sign stands in no text."""

csv.field_size_limit(MOST_LINE_BYTES)  # one cell may be as long as a line


@dataclass(frozen=True)
class Dialect:
    """How a delimited text is laid out.

    Attributes:
        delimiter: what stands between two cells.
        names: what the columns are called, each once.
        num_skipped: lines above the header.
        has_header: whether the names stand in the file.
        notices: sentences about what is called otherwise than it stands there.
    """

    delimiter: str
    names: tuple[str, ...]
    num_skipped: int = 0
    has_header: bool = True
    notices: tuple[str, ...] = ()


def find_dialect(head: str, name: str) -> Dialect:
    """Judge the layout of a text by its first lines.

    Raises:
        DataError: it holds nothing, or more columns than a table has.
    """
    lines, num_skipped, told = list(islice(StringIO(head, newline=""), NUM_LINES + 1)), 0, None
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        told, num_skipped = lines.pop(0).strip()[4], 1
    lines = lines[:-1] if len(lines) > 1 and len(lines[-1]) + sum(map(len, lines)) > MOST_LINE_BYTES else lines
    text = "".join(lines[:NUM_LINES])
    delimiter = told or find_delimiter(text)
    rows, starts = read_rows(text, delimiter)
    if not any(map(any, rows)):
        raise DataError(f"{name} is empty. Choose a file with a header and rows.")
    width = find_width(rows)
    place = find_header(rows, width)
    header, has_header = complete_header(rows[place], rows[place + 1 :], width)
    if len(header) > MOST_COLUMNS:
        raise DataError(f"{name} has {len(header):,} columns; {MOST_COLUMNS:,} is the most.")
    names, notices = name_columns(header if has_header else [""] * len(header))
    if place:
        notices.insert(0, f"The first {starts[place] + num_skipped} lines stand above the table and are left out.")
    return Dialect(
        delimiter, tuple(names), num_skipped + starts[place], has_header, tuple(notices if has_header else [])
    )


def read_rows(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """The rows of a text that hold anything, and how many lines stand above each."""
    reader, rows, starts, above = csv.reader(StringIO(text, newline=""), delimiter=delimiter), [], [], 0
    for row in reader:
        if row:
            rows.append([cell.strip() for cell in row])
            starts.append(above)
        above = reader.line_num
    return rows, starts


def find_delimiter(head: str) -> str:
    """The character that cuts the lines into the same number of cells most often, two at least."""
    best, best_score = NO_DELIMITER, 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in csv.reader(StringIO(head, newline=""), delimiter=delimiter) if row]
        width, count = Counter(widths).most_common(1)[0] if widths else (0, 0)
        score = count / len(widths) + width / 1e6 if width > 1 else 0.0
        best, best_score = max((best, best_score), (delimiter, score), key=lambda pair: pair[1])
    return best


def find_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows have."""
    return Counter(map(len, rows)).most_common(1)[0][0]


def find_header(rows: Sequence[Sequence[str]], width: int) -> int:
    """The first row that is as wide as the table, or lacks the cell above the row names; what is above it is a title."""
    for place, row in enumerate(rows[: MOST_ABOVE + 1]):
        is_short = len(row) == width - 1 and (width > 2 or not any(other[-1] for other in rows[1:] if other))
        if len(row) == width or is_short:
            return place
    return 0


def complete_header(header: list[str], rows: Sequence[Sequence[str]], width: int) -> tuple[list[str], bool]:
    """The names of all columns, and whether the row holds names: one of numbers alone is a row like the others."""
    if all(map(is_number, header)):
        return header, False
    if len(header) == width - 1:
        is_trailing = not any(row[-1] for row in rows if len(row) == width)
        return ([*header, f"column {width}"] if is_trailing else ["row", *header]), True
    return header, True


def name_columns(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """A name of its own for every column, and what is to be told of them."""
    numbers: Counter[str] = Counter()
    names: dict[str, None] = {}
    unnamed, twice = [], []
    for place, given in enumerate(header, 1):
        name = unique = given or f"column {place}"
        while unique in names:
            numbers[name] += 1
            unique = f"{name}.{numbers[name]}"
        names[unique] = None
        unnamed += [] if given else [unique]
        twice += [f'"{unique}"'] if unique != name else []
    notices = [f"Columns without a name are called {list_some(unnamed)}."] if unnamed else []
    notices += [f"Names that stand twice in the header get a number: {list_some(twice)}."] if twice else []
    return list(names), notices


def list_some(words: Sequence[str], most: int = 5) -> str:
    """The first words of a list, and how many more there are."""
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more:,} more" if more > 0 else "")


def is_number(cell: str) -> bool:
    """Whether a cell of a header is a number, so that it is no header."""
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
