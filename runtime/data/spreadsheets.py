"""Excel's .xlsx: values alone. Macros and links to other files are not followed, formulas not computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from runtime.data.archives import Entry, open_archive
from runtime.data.cells import MISSING
from runtime.data.converting import Conversion
from runtime.data.dialects import MOST_COLUMNS, name_columns
from runtime.data.errors import DataError
from runtime.data.typed import build_chunk

MOST_BYTES = 2**28
"""All sheets unpacked: a million rows of 30 cells."""
MOST_TEXT_BYTES = 2**26
"""The texts of all sheets, which are kept once and held in memory."""
MOST_CELLS = 10_000_000
MOST_ENTRIES = 10_000
"""Files in the archive that a spreadsheet is."""
MOST_ABOVE = 20
"""Rows above the header, such as a title."""
ROWS = 10_000
"""Rows that are taken at once."""
EMPTY_FORMULA = re.compile(rb"</f>(?:<v></v>|<v ?/>)?</c>")
Row = tuple[Any, ...]


def read_spreadsheet(path: Path, conversion: Conversion, sheet: str | None = None) -> None:
    """Read a sheet: the one of that name, else the first that holds rows.

    Raises:
        DataError: it is damaged, too large or unsafe, or there is no such sheet.
    """
    num_empty = check_parts(path)
    import openpyxl

    if num_empty:
        what = f"{num_empty:,} {'formula' if num_empty == 1 else 'formulas'} without a result"
        conversion.notices.append(f"Missing: {what}. Open the file in Excel and save it once.")
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {found.title: found for found in book.worksheets}
        if sheet is not None and sheet not in sheets:
            raise DataError(f'{path.name} has no sheet "{sheet}". It has {", ".join(sheets)}.')
        for title in [sheet] if sheet else list(sheets):
            if read_rows(sheets[title], conversion, path.name):
                others = [f'"{name}"' for name in sheets if name != title]
                if others and not sheet:
                    conversion.notices.append(f'The sheet "{title}" is read; there is also {", ".join(others[:5])}.')
                return
    finally:
        book.close()


def list_sheets(path: Path) -> tuple[str, ...]:
    """The names of the sheets. Raises DataError for a file that is damaged or unsafe."""
    check_parts(path)
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
    except Exception as error:  # whatever its parser stumbles over
        raise DataError(f"{path.name} cannot be read: it is damaged.", "Save it again as .xlsx.") from error
    names = tuple(sheet.title for sheet in book.worksheets)
    book.close()
    return names


def check_parts(path: Path) -> int:
    """Look at what a spreadsheet is packed of before it is read, and count the formulas that nothing has computed.

    Raises:
        DataError: it is too large or unsafe.
    """
    num_empty = 0
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(f"{path.name} is an old or an encrypted Excel file.", "Save it as .xlsx without a password.")
    with open_archive(path, path.name, MOST_ENTRIES) as (archive, entries):
        check_sizes(entries, path.name)
        for entry in entries:
            if entry.place.suffix in (".xml", ".rels"):
                with archive.open(entry.info) as part:
                    num_empty += check_xml(part, path.name)
    return num_empty


def check_sizes(entries: Sequence[Entry], name: str) -> None:
    """Raise DataError for a file with macros, without sheets, or larger than can be worked with."""
    names = [entry.place.name.lower() for entry in entries]
    if any(found.startswith("vbaproject") for found in names):
        raise DataError(f"{name} holds macros, so it is not opened.", "Save it as .xlsx without them.")
    if "workbook.xml" not in names:
        raise DataError(f"{name} holds no sheets, so it is no Excel file.", "Save it again as .xlsx.")
    size = sum(entry.info.file_size for entry in entries)
    texts = sum(entry.info.file_size for entry in entries if entry.place.name.lower() == "sharedstrings.xml")
    if size > MOST_BYTES or texts > MOST_TEXT_BYTES:
        raise DataError(
            f"{name} has {size / 2**20:,.0f} MB unpacked, too much for Excel.", "Save it as CSV or Parquet."
        )


def check_xml(part: Any, name: str) -> int:
    """Count the formulas of a part that have no result.

    Raises:
        DataError: it declares a document type: Excel writes none, and entities in it grow without bound.
    """
    end, num_empty = b"", 0
    while block := part.read(2**20):
        text = end + block
        if b"<!" in text and (b"<!DOCTYPE" in text.upper() or b"<!ENTITY" in text.upper()):
            raise DataError(f"{name} is refused: a part of it declares entities, which no Excel file does.")
        num_empty += len(EMPTY_FORMULA.findall(text)) - len(EMPTY_FORMULA.findall(end))
        end = text[-32:]
    return num_empty


def read_rows(sheet: Any, conversion: Conversion, name: str) -> bool:
    """Add the rows of a sheet; whether there were any."""
    sheet.reset_dimensions()  # what a file says of its size is often wrong
    rows = bound_rows(sheet.iter_rows(values_only=True), name)
    first = list(islice(rows, MOST_ABOVE + 1))
    place = find_header(first)
    if place is None:
        return False
    width = max(map(len, first))
    header = ["" if cell is None else str(cell).strip() for cell in first[place]]
    names, notices = name_columns(header + [""] * (width - len(header)))
    conversion.num_above = place + 1
    if place:
        conversion.notices.append(f"The first {place} rows stand above the table and are left out.")
    conversion.notices += notices
    add_rows(chain(first[place + 1 :], rows), names, conversion)
    return conversion.num_rows > 0


def bound_rows(rows: Iterable[Row], name: str) -> Iterator[Row]:
    """Rows without the empty cells at their ends. Raises DataError where there are more cells than can be worked with."""
    seen = 0
    for row in rows:
        seen += len(row) + 1
        if seen > MOST_CELLS:
            raise DataError(f"{name} has more than {MOST_CELLS:,} cells.", "Save it as CSV or Parquet.")
        width = len(row)
        while width and row[width - 1] in (None, ""):
            width -= 1
        if width > MOST_COLUMNS:
            raise DataError(f"{name} has {width:,} columns; {MOST_COLUMNS:,} is the most.")
        yield row[:width]


def find_header(rows: Sequence[Row]) -> int | None:
    """The first row that fills more than half as many cells as the fullest: what is above it is a title."""
    filled = [sum(cell not in (None, "") for cell in row) for row in rows]
    most = max(filled, default=0)
    return next(place for place, count in enumerate(filled) if 2 * count > most) if most else None


def add_rows(rows: Iterable[Row], names: list[str], conversion: Conversion) -> None:
    """Add rows, some thousands at once. Columns without a header count from where they first hold something."""
    left = iter(rows)
    while taken := list(islice(left, ROWS)):
        for place in range(len(names), max(map(len, taken))):
            names.append(f"column {place + 1}")
        columns = {
            name: [read_cell(row[place]) if place < len(row) else None for row in taken]
            for place, name in enumerate(names)
        }
        conversion.add(build_chunk(columns))


def read_cell(cell: Any) -> Any:
    """A cell's value; None where it says that there is none, or that a formula failed."""
    return None if isinstance(cell, str) and cell.strip() in MISSING else cell
