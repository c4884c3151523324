"""Tables that grow, and cells that want to be formulas."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.hostile.attacks.documents import SCRIPT, Attacks


def write_parquet(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def billion(folder: Path) -> bytes:
    """One value, twenty million times: some kilobytes."""
    return write_parquet(pa.table({"a": pa.array([0]).take(pa.array(np.zeros(20_000_000, dtype=np.int8)))}))


def named_features(folder: Path) -> bytes:
    """Metadata that name classes to be made of what is read."""
    about = {"info": {"features": {"a": {"_type": "os.system", "command": "touch CANARY"}}}}
    table = pa.table({"a": [1, 2]})
    return write_parquet(table.replace_schema_metadata({"huggingface": json.dumps(about)}))


def other_pictures(folder: Path) -> bytes:
    """Pictures that are only named, by paths of this computer."""
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    cells = [{"bytes": None, "path": "/etc/passwd"}, {"bytes": None, "path": "../../secret.png"}]
    return write_parquet(pa.table({"image": pa.array(cells, kind), "label": ["a", "b"]}))


def write_book(sheet: bytes, **parts: bytes) -> bytes:
    """A spreadsheet whose first sheet holds these rows in XML, with other parts beside it."""
    book = openpyxl.Workbook()
    book.active.append([1])
    plain, made = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            is_sheet = info.filename.endswith("sheet1.xml")
            new.writestr(info.filename, sheet if is_sheet else old.read(info))
        for name, content in parts.items():
            new.writestr(f"xl/{name}.bin", content)
    return made.getvalue()


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
CELL = b'<row r="%d"><c r="%s%d"><v>1</v></c></row>'
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


FORMULAS = "name,height\n" + "".join(f'"{cell}",{number}\n' for number, cell in enumerate(
    ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3", '=HYPERLINK(""http://evil"")', SCRIPT.replace('"', "'")] * 3
))  # fmt: skip

ATTACKS: Attacks = {
    "table_bomb": {
        "one_line.csv": lambda folder: b"," * 10_000_000,
        "second_line.csv": lambda folder: b"a,b\n1,2\n" + b"," * 10_000_000,
        "long_field.csv": lambda folder: b'a,b\n"' + b"x" * 20_000_000 + b'",1\n',
        "open_quote.csv": lambda folder: b'a,b\n1,"' + b"x,\n" * 3_000_000,
        "columns.csv": lambda folder: b",".join(b"c%d" % number for number in range(100_000)) + b"\n",
        "nul.csv": b"a,b\n1,\0\n2,3\n",
        "objects.json": lambda folder: b"[" + b"{}," * 2_000_000 + b"{}]",
        "lists.json": b"[" * 500_000,
        "nan.json": b'[{"a": NaN, "b": 1}]',
        "hollow.jsonl": lambda folder: b"{}\n" * 2_000_000,
        "crowd.jsonl": lambda folder: b"[[],[],[],[],[],[],[],[],[],[]]\n" * 1_100_000,
        "digits.jsonl": b'{"a": ' + b"9" * 100_000 + b"}\n",
        "rows.parquet": billion,
        "features.parquet": named_features,
        "paths.parquet": other_pictures,
        "cut.parquet": b"PAR1" + b"\xff" * 1000 + b"\xff\xff\xff\x7fPAR1",
        "macros.xlsx": lambda folder: write_book(SHEET % CELL % (1, b"A", 1), vbaProject=b"x"),
        "entities.xlsx": lambda folder: write_book(ENTITIES + SHEET % b""),
        "far.xlsx": lambda folder: write_book(SHEET % b"".join(CELL % (row, b"NAA", row) for row in range(1, 50_000))),
        "sheet.xlsx": b"PK\3\4" + bytes(100),
    },
    "table_text": {"formulas.csv": FORMULAS.encode()},
}
