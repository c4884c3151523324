"""JSON and JSON lines. Lines are read one by one; a document has to be read whole and is bounded by its values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from builder.strict_json import JsonError, parse_json
from runtime.data.converting import Conversion
from runtime.data.encodings import examine_text
from runtime.data.errors import DataError
from runtime.data.typed import build_chunk

MOST_JSON_VALUES = 2_000_000
"""Values in one JSON document, which has to be read whole."""
MOST_JSON_BYTES = 2**28
"""A JSON document, which takes several times its size while it is read."""
MOST_COLUMNS = 10_000
"""Different names in the objects of a file."""
ROWS = 10_000
"""Objects that are taken at once."""


def read_json(path: Path, conversion: Conversion) -> None:
    """Read a list of objects, or an object of lists. Raises DataError where it is no table."""
    if path.stat().st_size > MOST_JSON_BYTES:
        reason = f"{path.name} has {path.stat().st_size / 2**20:,.0f} MB; {MOST_JSON_BYTES // 2**20} MB is the most for JSON."
        raise DataError(reason, "Save it as JSON lines or Parquet.")
    file = examine_text(path, most_line_bytes=None)
    content = parse_json(path.read_text(file.encoding), path.name, MOST_JSON_VALUES)
    if isinstance(content, dict):
        lists = {key: value for key, value in content.items() if isinstance(value, list)}
        content = lists if len(lists) > 1 or not lists else next(iter(lists.values()))
    if isinstance(content, dict) and content:
        if len({len(values) for values in content.values()}) > 1:
            raise DataError(f"{path.name} holds lists of different lengths, so they are no columns of one table.")
        content = [dict(zip(content, row, strict=True)) for row in zip(*content.values(), strict=True)]
    if not isinstance(content, list) or not all(isinstance(record, dict) for record in content):
        raise DataError(
            f"{path.name} holds no table.", "It needs a list of objects with the same names, or lists by name."
        )
    add_records(content, conversion, path)


def read_json_lines(path: Path, conversion: Conversion) -> None:
    """Read one object a line. Raises DataError with the line that is none."""
    file = examine_text(path)
    with path.open(encoding=file.encoding) as lines:
        add_records(parse_lines(lines, path), conversion, path)


def parse_lines(lines: Iterable[str], path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, a line each."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = parse_json(line.strip(), "it", MOST_JSON_VALUES)
        except JsonError as error:
            why = str(error).replace("at line 1, column", "at column")
            raise DataError(f"{path.name}, line {number:,}: {why}", "Every line holds one JSON object.") from error
        if not isinstance(record, dict) or not record:
            what = "it holds nothing" if not record else "it is no object"
            raise DataError(f"{path.name}, line {number:,}: {what}. Every line holds one JSON object.")
        yield record


def add_records(records: Iterable[dict[str, Any]], conversion: Conversion, path: Path) -> None:
    """Add objects as rows, some thousands at once; what an object does not name is missing."""
    left, known = iter(records), dict[str, None]()
    while rows := list(islice(left, ROWS)):
        for row in rows:
            known.update(dict.fromkeys(row))
        if len(known) > MOST_COLUMNS:
            raise DataError(f"{path.name} has {len(known):,} different names; {MOST_COLUMNS:,} columns is the most.")
        columns = {name.strip() or "column": [row.get(name) for row in rows] for name in known}
        conversion.add(build_chunk(columns))
