"""Makes files that real programs write and real people hand in, each awkward in its own way.

``python -m tests.runtime.data.awkward.make OUT`` writes them all.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

Make = Callable[[], bytes]
BIG_BYTES = 500_000_000
CITIES = ("Bern", "Zürich", "Genève", "Basel", "Lugano")


def draw_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 100, 50)).save(file, "PNG")
    return file.getvalue()


def write_book(**sheets: list[list[object]]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file.getvalue()


def write_parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def write_wide() -> bytes:
    header = ",".join(f"c{place}" for place in range(10_000))
    return "\n".join([header, *(",".join(str(row + place) for place in range(10_000)) for row in range(3))]).encode()


def write_long() -> bytes:
    return b"name,text\n" + b"".join(b"n%d,%s\n" % (row, b"word " * 100_000) for row in range(3))


FILES: dict[str, Make] = {
    # encodings
    "utf8.csv": "name,height\nÄda,1.5\nBob,2.25\n".encode,
    "utf8_mark.csv": lambda: "name,height\nÄda,1.5\nBob,2.25\n".encode("utf-8-sig"),
    "utf16.csv": lambda: "name,height\nÄda,1.5\nBob,2.25\n".encode("utf-16"),
    "utf16_without_mark.csv": lambda: "name,height\nÄda,1.5\nBob,2.25\n".encode("utf-16-le"),
    "cp1252.csv": lambda: "name,height\nÄda €,1.5\nBob,2.25\n".encode("cp1252"),
    "latin1.csv": lambda: b"name,height\n\xc4da\x81,1.5\nBob,2.25\n",
    # separators, lines and quotes
    "semicolons.csv": lambda: b"name;height\nAda;1,5\nBob;2,25\n",
    "tabs.tsv": lambda: b"name\theight\nAda\t1.5\nBob\t2.25\n",
    "bars.csv": lambda: b"name|height\nAda|1.5\nBob|2.25\n",
    "separator_told.csv": lambda: b"sep=;\nname;height\nAda;1,5\nBob;2,25\n",
    "old_mac.csv": lambda: b"name,height\rAda,1.5\rBob,2.25\r",
    "quoted_newlines.csv": lambda: b'name,height\r\n"A\nda, ""x""",1.5\r\nBob,2.25\r\n',
    "open_quote.csv": lambda: b'name,height\n"Ada,1.5\nBob,2.25\n',
    "comma_in_one_column.csv": lambda: b"text\nhello, world\nfoo\n",
    # numbers and dates
    "thousands.csv": lambda: b'city,people\nA,"1,234"\nB,"12,345,678"\n',
    "thousands_and_commas.csv": lambda: b"city;price\nA;1.234,50\nB;12,5\n",
    "thousands_by_blanks.csv": "city;price\nA;1\u00a0234,50\nB;12,5\n".encode,
    "mixed_types.csv": lambda: b"a,b\n" + b"".join(b"%d,x\n" % row for row in range(98)) + b"unknown,y\n",
    "codes.csv": lambda: b"code,n\n01234,1\n12345,2\n",
    "dates.csv": lambda: b"when,n\n13.4.2020,1\n2.12.2021,2\n",
    "dates_either_way.csv": lambda: b"when,n\n3/4/2020,1\n5/6/2020,2\n",
    "zones.csv": lambda: b"when,n\n2020-01-01T12:00:00Z,1\n2020-01-01T12:00:00+01:00,2\n",
    "no_such_day.csv": lambda: b"when,n\n" + b"28/02/2021,1\n" * 30 + b"31/02/2021,2\n",
    "missing.csv": lambda: b"a,b,c\n1,NA,x\n,?,y\n3,-,null\n4,1.5,z\n",
    # layout
    "header_names.csv": lambda: b"height,height,,height\n1,2,3,4\n5,6,7,8\n",
    "no_header.csv": lambda: b"1,2\n3,4\n",
    "title_above.csv": lambda: b"Report of 2020\n\nname,height,age\nAda,1.5,30\nBob,2.25,40\n",
    "trailing_delimiter.csv": lambda: b"name,height\nAda,1.5,\nBob,2.25,\n",
    "row_names.csv": lambda: b"height,age\nAda,1.5,30\nBob,2.25,40\n",
    "short_rows.csv": lambda: b"a,b,c\n1,2,3\n4,5\n7,8,9\n10\n",
    "long_row.csv": lambda: b"a,b\n" + b"1,2\n" * 30 + b"1,2,3\n" + b"5,6\n",
    "ragged.csv": lambda: b"a,b\n1,2\n1,2,3\n1,2,3,4\n",
    "one_column.csv": lambda: b"height\n1\n3\n",
    "one_row.csv": lambda: b"name,height\nAda,1.5\n",
    "ten_thousand_columns.csv": write_wide,
    "too_many_columns.csv": lambda: b"x," * 10_000 + b"x\n1\n",
    "very_long_lines.csv": write_long,
    "endless_line.csv": lambda: b"a,b\n1," + b"x" * 9_000_000 + b"\n",
    # no tables
    "empty.csv": lambda: b"",
    "blank.csv": lambda: b" \n\n \n",
    "header_only.csv": lambda: b"name,height\n",
    "picture.csv": draw_picture,
    "zero_bytes.csv": lambda: b"a,b\n1,2\n3,\0\n",
    "book.csv": lambda: write_book(Data=[["a"], [1]]),
    # other kinds
    "book.xlsx": lambda: write_book(Empty=[], Data=[["Report"], [], ["name", "height"], ["Ada", 1.5], ["Bob", 2.25]]),
    "formulas.xlsx": lambda: write_book(Data=[["a", "b"], [1, "=A2*2"], [2, "#DIV/0!"], [3, 7]]),
    "no_book.xlsx": lambda: b"PK\x03\x04 not really",
    "old_book.xlsx": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    "lines.jsonl": lambda: b'{"name": "Ada", "height": 1.5}\n\n{"name": "Bob", "age": 40}\n',
    "types.jsonl": lambda: b'{"a": 1, "b": true}\n{"a": 2.5, "b": false}\n{"a": null, "b": null}\n',
    "broken.jsonl": lambda: b'{"a": 1}\n{"a": \n',
    "wrapped.json": lambda: json.dumps({"data": [{"a": 1}, {"a": 2}]}).encode(),
    "uneven.json": lambda: b'{"a": [1], "b": [1, 2]}',
    "text.txt": lambda: "Es war einmal, vor langer Zeit.\n\nNA\nEin König.\n".encode("cp1252"),
    "table.txt": lambda: b"name\theight\nAda\t1.5\nBob\t2.25\n",
    "cut.parquet": lambda: write_parquet(pa.table({"a": [1, 2]}))[:-20],
    "words.parquet": lambda: write_parquet(pa.table({"a": pa.array(["x", "y", "x"]).dictionary_encode()})),
}


def write_big(path: Path, size: int = BIG_BYTES) -> int:
    """Write a table of so many bytes without holding it, and return how many rows it has."""
    rows = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("id,sold,city,price,rate,remark\n")
        while file.tell() < size:
            file.writelines(
                f"{row},2020-{row % 12 + 1:02d}-{row % 28 + 1:02d},{CITIES[row % 5]},{row % 9973 * 1.25:.2f},"
                f"{row % 7919 / 7919:.9f},remark {row % 977} on a sale\n"
                for row in range(rows, rows + 50_000)
            )
            rows += 50_000
    return rows


def make(folder: Path) -> None:
    """Write every file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
