"""Every awkward file is read rightly, with a sentence where something was read otherwise than it stands there, or refused
with one sentence."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builder.document import Origin
from runtime.data.errors import DataError
from runtime.data.files import locate_file, read_file
from runtime.data.tables import Table
from tests.runtime.data.awkward.make import FILES, write_big

ROOT = Path(__file__).resolve().parents[4]
MOST_MEGABYTES = 2_000
NAN = math.nan
PLAIN = {"name": ["Ada", "Bob"], "height": [1.5, 2.25]}
UMLAUT = {**PLAIN, "name": ["Äda", "Bob"]}

READ: dict[str, tuple[dict[str, list[Any]], str]] = {
    "utf8.csv": (UMLAUT, ""),
    "utf8_mark.csv": (UMLAUT, ""),
    "utf16.csv": (UMLAUT, ""),
    "utf16_without_mark.csv": (UMLAUT, ""),
    "cp1252.csv": ({**PLAIN, "name": ["Äda €", "Bob"]}, ""),
    "latin1.csv": ({**PLAIN, "name": ["Äda\x81", "Bob"]}, ""),
    "semicolons.csv": (PLAIN, ""),
    "tabs.tsv": (PLAIN, ""),
    "bars.csv": (PLAIN, ""),
    "separator_told.csv": (PLAIN, ""),
    "old_mac.csv": (PLAIN, ""),
    "quoted_newlines.csv": ({**PLAIN, "name": ['A\nda, "x"', "Bob"]}, ""),
    "comma_in_one_column.csv": ({"text": ["hello, world", "foo"]}, ""),
    "thousands.csv": ({"city": ["A", "B"], "people": [1234.0, 12345678.0]}, ""),
    "thousands_and_commas.csv": ({"city": ["A", "B"], "price": [1234.5, 12.5]}, ""),
    "thousands_by_blanks.csv": ({"city": ["A", "B"], "price": [1234.5, 12.5]}, ""),
    "mixed_types.csv": (
        {"a": [*range(98), NAN], "b": ["x"] * 98 + ["y"]},
        "\"a\" holds whole numbers; 1 cell is written otherwise ('unknown' in row 100) and counts as missing.",
    ),
    "codes.csv": ({"code": ["01234", "12345"], "n": [1, 2]}, ""),
    "dates.csv": ({"when": [datetime(2020, 4, 13), datetime(2021, 12, 2)], "n": [1, 2]}, ""),
    "dates_either_way.csv": (
        {"when": [datetime(2020, 3, 4), datetime(2020, 5, 6)], "n": [1, 2]},
        '"when" is read as dates (month/day/year); as dates (day/month/year) every cell would fit as well.',
    ),
    "zones.csv": ({"when": [datetime(2020, 1, 1, 12), datetime(2020, 1, 1, 11)], "n": [1, 2]}, ""),
    "no_such_day.csv": (
        {"when": [datetime(2021, 2, 28)] * 30 + [None], "n": [1] * 30 + [2]},
        "\"when\" holds dates (day/month/year); 1 cell is written otherwise ('31/02/2021' in row 32) and counts as missing.",
    ),
    "missing.csv": ({"a": [1, NAN, 3, 4], "b": [NAN, NAN, NAN, 1.5], "c": ["x", "y", None, "z"]}, ""),
    "header_names.csv": (
        {"height": [1, 5], "height.1": [2, 6], "column 3": [3, 7], "height.2": [4, 8]},
        'Columns without a name are called column 3. Names that stand twice in the header get a number: "height.1", '
        '"height.2".',
    ),
    "no_header.csv": ({"column 1": [1, 3], "column 2": [2, 4]}, ""),
    "title_above.csv": ({**PLAIN, "age": [30, 40]}, "The first 2 lines stand above the table and are left out."),
    "trailing_delimiter.csv": (PLAIN, ""),
    "row_names.csv": ({"row": ["Ada", "Bob"], "height": [1.5, 2.25], "age": [30, 40]}, ""),
    "short_rows.csv": (
        {"a": [1, 4, 7, 10], "b": [2, 5, 8, NAN], "c": [3, NAN, 9, NAN]},
        "Rows with fewer cells than the header miss the last ones: 3, 5.",
    ),
    "long_row.csv": (
        {"a": [1] * 30 + [5], "b": [2] * 30 + [6]},
        "Rows with more cells than the header are left out: 32.",
    ),
    "one_column.csv": ({"height": [1, 3]}, ""),
    "one_row.csv": ({"name": ["Ada"], "height": [1.5]}, ""),
    "ten_thousand_columns.csv": ({f"c{place}": [place, place + 1, place + 2] for place in range(10_000)}, ""),
    "very_long_lines.csv": ({"name": ["n0", "n1", "n2"], "text": ["word " * 99_999 + "word"] * 3}, ""),
    "book.xlsx": (
        PLAIN,
        'The first 2 rows stand above the table and are left out. The sheet "Data" is read; there is also "Empty".',
    ),
    "formulas.xlsx": (
        {"a": [1, 2, 3], "b": [NAN, NAN, 7]},
        "Missing: 1 formula without a result. Open the file in Excel and save it once.",
    ),
    "lines.jsonl": ({**PLAIN, "height": [1.5, NAN], "age": [NAN, 40]}, ""),
    "types.jsonl": ({"a": [1, 2.5], "b": [True, False]}, ""),
    "wrapped.json": ({"a": [1, 2]}, ""),
    "text.txt": ({"text": ["Es war einmal, vor langer Zeit.", "NA", "Ein König."]}, ""),
    "table.txt": (PLAIN, ""),
    "words.parquet": ({"a": ["x", "y", "x"]}, ""),
}
REFUSED = {
    "open_quote.csv": "open_quote.csv: a quotation mark is opened in row 2 or soon after it and never closed. "
    "Close it, or write it twice where it belongs to the text.",
    "ragged.csv": "ragged.csv: row 3 has 3 cells where the header has 2, and 1 more are too long. "
    "Put cells that hold the delimiter between quotation marks.",
    "too_many_columns.csv": "too_many_columns.csv has 10,001 columns; 10,000 is the most.",
    "endless_line.csv": "endless_line.csv, line 2: more than 4 MB, so it is no row of a table.",
    "empty.csv": "empty.csv is empty. Choose a file with a header and rows.",
    "blank.csv": "blank.csv is empty. Choose a file with a header and rows.",
    "header_only.csv": "header_only.csv has a header but no rows. Add rows or choose another file.",
    "picture.csv": "picture.csv is a picture (PNG), not text. Give it its own ending, or choose another file.",
    "zero_bytes.csv": "zero_bytes.csv is not text: line 3 holds a zero byte, so it is no table of this kind. "
    "Export it as CSV (UTF-8) or Parquet.",
    "book.csv": "book.csv is a zip archive or an Excel file, not text. Give it its own ending, or choose another file.",
    "no_book.xlsx": "no_book.xlsx cannot be unpacked: the archive is damaged. Make it again.",
    "old_book.xlsx": "old_book.xlsx is an old or an encrypted Excel file. Save it as .xlsx without a password.",
    "broken.jsonl": "broken.jsonl, line 2: it breaks off at column 6: its end is missing. Save or copy it again. "
    "Every line holds one JSON object.",
    "uneven.json": "uneven.json holds lists of different lengths, so they are no columns of one table.",
    "cut.parquet": "cut.parquet cannot be read: Parquet magic bytes not found in footer. "
    "Either the file is corrupted or this is not a parquet file.",
}


def read_awkward(name: str, folder: Path) -> Table:
    file = folder / name
    file.write_bytes(FILES[name]())
    return read_file(file)


def as_list(values: np.ndarray) -> list[Any]:
    return [NAN if isinstance(value, float) and math.isnan(value) else value for value in values.tolist()]


def test_every_file_is_either_read_or_refused():
    assert len(FILES) >= 20
    assert {*READ, *REFUSED} == {*FILES}


@pytest.mark.parametrize("name", READ)
def test_it_is_read_rightly_and_what_was_changed_is_told(name: str, tmp_path: Path):
    table = read_awkward(name, tmp_path)
    wanted, told = READ[name]
    assert list(table.columns) == list(wanted)
    for column, values in wanted.items():
        found = as_list(table.columns[column])
        assert len(found) == len(values)
        assert all(a is b or a == b for a, b in zip(found, values, strict=True)), (column, found[:5])
    assert " ".join(table.notices) == told


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_one_sentence(name: str, tmp_path: Path):
    with pytest.raises(DataError) as caught:
        read_awkward(name, tmp_path)
    assert str(caught.value) == REFUSED[name]


def test_what_was_read_once_is_mapped_and_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    first = read_awkward("semicolons.csv", tmp_path)
    monkeypatch.setattr("runtime.data.kept_tables.write_table", None)
    again = read_file(tmp_path / "semicolons.csv")
    assert again.columns["height"].tolist() == first.columns["height"].tolist()


def test_another_content_or_another_way_of_reading_is_another_table(tmp_path: Path):
    file = tmp_path / "a.txt"
    file.write_text("a,b,c\n1,2,3\n")
    shapes = {shape: locate_file(Origin(kind="file", name=str(file), options={"shape": shape} if shape else {}))
              for shape in (None, "lines", "stream")}  # fmt: skip
    assert len({located.fingerprint for located in shapes.values()}) == 3
    sizes = {shape: len(located.open()["train"]) for shape, located in shapes.items()}
    assert sizes == {None: 1, "lines": 2, "stream": 1}
    file.write_text("a,b,c\n1,2,3\n4,5,6\n")
    assert len(read_file(file)) == 2


MEASURE = """
import json, re, sys, threading, time
from pathlib import Path

most = 0

def watch():
    global most  # its own memory: pages of a file that is mapped can be given back at any time
    while True:
        own = re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())
        most = max(most, int(own[1]))
        time.sleep(0.02)

threading.Thread(target=watch, daemon=True).start()
from builder.document import Origin
from runtime.data.intake import guess_from
from runtime.data.opened import open_origin
from runtime.data.remarks import find_remarks

opened = open_origin(Origin(kind="file", name=sys.argv[1]), lambda doing, done: None)
uses = guess_from(opened.table, opened.summaries)
remarks = find_remarks(opened.tables, uses, opened.summaries)
about = {
    "rows": len(opened.table),
    "kinds": {use.column: use.kind for use in uses},
    "remarks": len(remarks),
    "last": str(opened.table.columns["sold"][-1]),
    "megabytes": most / 1024,
}
print(json.dumps(about))
"""


@pytest.mark.slow
def test_half_a_gigabyte_of_csv_goes_through_little_memory(tmp_path: Path, home: Path):
    file = tmp_path / "big.csv"
    rows = write_big(file)
    assert file.stat().st_size >= 500_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file)],
        cwd=ROOT,
        env={**os.environ, "LAYERLOOM_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    about = json.loads(done.stdout)
    assert about["rows"] == rows
    assert about["kinds"] == {
        "id": "ignore",
        "sold": "date",
        "city": "flags",
        "price": "number",
        "rate": "number",
        "remark": "text",
    }
    assert about["last"].startswith(f"2020-{(rows - 1) % 12 + 1:02d}-")
    assert about["megabytes"] < MOST_MEGABYTES
