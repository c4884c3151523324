from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.document import Origin
from runtime.data.arrow import read_arrow
from runtime.data.errors import DataError
from runtime.data.files import locate_file, read_file
from runtime.data.folders import resolve_path

PLAIN = {"name": ["Ada", "Bob"], "height": [1.5, 2.25]}

AWKWARD = {
    "plain": (b"name,height\nAda,1.5\nBob,2.25\n", PLAIN),
    "byte order mark": (b"\xef\xbb\xbfname,height\nAda,1.5\nBob,2.25\n", PLAIN),
    "utf-16": ("name,height\nAda,1.5\nBob,2.25\n".encode("utf-16"), PLAIN),
    "semicolons and decimal commas": (b"name;height\nAda;1,5\nBob;2,25\n", PLAIN),
    "tabs": (b"name\theight\nAda\t1.5\nBob\t2.25\n", PLAIN),
    "windows line ends": (b"name,height\r\nAda,1.5\r\nBob,2.25\r\n", PLAIN),
    "blanks after commas": (b"name, height\nAda, 1.5\nBob, 2.25\n", PLAIN),
    "no last line end": (b"name,height\nAda,1.5\nBob,2.25", PLAIN),
    "quotes": (b'name,height\n"Ada, ""the first""",1.5\nBob,2.25\n', {**PLAIN, "name": ['Ada, "the first"', "Bob"]}),
    "line end in quotes": (b'name,height\n"A\nda",1.5\nBob,2.25\n', {**PLAIN, "name": ["A\nda", "Bob"]}),
    "western letters": ("name,height\nÄda,1.5\nBob,2.25\n".encode("cp1252"), {**PLAIN, "name": ["Äda", "Bob"]}),
    "empty lines": (b"name,height\n\nAda,1.5\n\nBob,2.25\n\n", PLAIN),
    "empty column": (b"name,nothing,height\nAda,,1.5\nBob,,2.25\n", PLAIN),
    "missing name": (b"name,height\n,1.5\nBob,2.25\n", {**PLAIN, "name": [None, "Bob"]}),
    "double header": (b"height,height\n1,2\n3,4\n", {"height": [1, 3], "height.1": [2, 4]}),
    "no header": (b"1,2\n3,4\n", {"column 1": [1, 3], "column 2": [2, 4]}),
    "one column": (b"height\n1\n3\n", {"height": [1, 3]}),
}

BAD = {
    "empty.csv": (b"", "empty.csv is empty. Choose a file with a header and rows."),
    "blank.csv": (b" \n \n", "blank.csv is empty. Choose a file with a header and rows."),
    "header.csv": (b"a,b\n", "header.csv has a header but no rows. Add rows or choose another file."),
    "ragged.csv": (b"a,b\n1,2\n1,2,3,4\n", "ragged.csv: row 3 has 4 cells where the header has 2."),
    "archive.csv": (b"PK\x03\x04\0\0\0", "archive.csv is a zip archive or an Excel file, not text."),
    "binary.csv": (b"a,b\n1,\0\0\n", "binary.csv is not text: line 2 holds a zero byte"),
    "wide.csv": (b"x," * 20_000 + b"x\n1\n", "wide.csv has 20,001 columns; 10,000 is the most."),
    "broken.json": (b"[{", "broken.json cannot be read: "),
    "number.json": (b"5", "number.json holds no table."),
    "uneven.json": (b'{"a": [1], "b": [1, 2]}', "uneven.json holds lists of different lengths"),
    "deep.json": (b"[" * 100_000, "deep.json cannot be read: "),
    "broken.jsonl": (b'{"a": 1}\n{"a": \n', "broken.jsonl, line 2: "),
    "broken.parquet": (b"PAR1 not really", "broken.parquet cannot be read: "),
    "model.pkl": (b"\x80\x04K\x01.", "model.pkl is of a kind that is not read here."),
}


@pytest.mark.parametrize("case", AWKWARD)
def test_awkward_tables_are_read(case: str, tmp_path: Path):
    content, wanted = AWKWARD[case]
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    assert {name: values.tolist() for name, values in read_file(file).columns.items()} == wanted


@pytest.mark.parametrize("name", BAD)
def test_bad_files_get_one_sentence(name: str, tmp_path: Path):
    content, sentence = BAD[name]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(DataError) as caught:
        locate_file(Origin(kind="file", name=str(file)))
        read_file(file)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.json", json.dumps([{"name": "Ada", "height": 1.5}, {"name": "Bob", "height": 2.25}])),
        ("columns.json", json.dumps(PLAIN)),
        ("wrapped.json", json.dumps({"data": [{"name": "Ada", "height": 1.5}, {"name": "Bob", "height": 2.25}]})),
        ("lines.jsonl", '{"name": "Ada", "height": 1.5}\n\n{"name": "Bob", "height": 2.25}\n'),
    ],
)
def test_json_is_read_in_its_usual_shapes(name: str, content: str, tmp_path: Path):
    file = tmp_path / name
    file.write_text(content)
    assert {name: values.tolist() for name, values in read_file(file).columns.items()} == PLAIN


def test_parquet_is_read(tmp_path: Path):
    pd.DataFrame(PLAIN).to_parquet(tmp_path / "table.parquet")
    assert {name: values.tolist() for name, values in read_file(tmp_path / "table.parquet").columns.items()} == PLAIN


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"There is no file .*gone\.csv"):
        locate_file(Origin(kind="file", name=str(tmp_path / "gone.csv")))


GROWING = {
    "wide.csv": b"a,b\n1,2\n" + b"," * 5_000_000,
    "deep.json": b"[" * 500_000,
    "twins.json": b'[{"a": 1, "a": 2}, {"a": 3}]',
    "nan.json": b'[{"a": NaN}]',
    "endless.json": b'[{"a": 1e999}]',
    "many.json": b"[" + b"{}," * 2_000_000 + b"{}]",
    "huge.jsonl": b'{"a": ' + b"9" * 100_000 + b"}\n",
    "hollow.jsonl": b"{}\n" * 1_000_000,
}


@pytest.mark.parametrize("name", GROWING)
def test_files_that_would_grow_beyond_measure_are_refused_at_once(name: str, tmp_path: Path):
    (tmp_path / name).write_bytes(GROWING[name])
    start = process_time()
    with pytest.raises(DataError, match=name):
        read_file(tmp_path / name)
    assert process_time() - start < 1


def test_a_small_parquet_of_a_billion_cells_is_left_packed(tmp_path: Path):
    many = pa.array([0]).take(pa.array(np.zeros(50_000_000, dtype=np.int8)))
    pq.write_table(pa.table({"a": many}), tmp_path / "bomb.parquet")
    del many
    assert (tmp_path / "bomb.parquet").stat().st_size < 2**20
    with pytest.raises(DataError, match=r"would grow to 0\.4 GiB"):
        read_file(tmp_path / "bomb.parquet")


@pytest.mark.parametrize("name", ["../outside", "a/../../b", "//share/folder", "\\\\share\\folder", "a\0b"])
def test_a_path_that_leads_out_of_the_data_folder_is_refused(name: str):
    with pytest.raises(DataError):
        resolve_path(name)


def test_paths_are_whole_or_below_the_data_folder(home: Path, tmp_path: Path):
    assert resolve_path(str(tmp_path / "a.csv")) == tmp_path / "a.csv"
    assert resolve_path("uploads/a.csv") == home / "data" / "uploads" / "a.csv"
    assert resolve_path("~nobody-of-that-name/a.csv") == home / "data" / "~nobody-of-that-name" / "a.csv"


def test_a_column_of_records_is_a_column_for_each_of_its_fields():
    records = pa.array([{"en": "Open", "fr": "Ouvrir"}, {"en": "Close", "fr": "Fermer"}])
    picture = pa.array([{"bytes": b"", "path": ""}] * 2)
    table = read_arrow(pa.table({"translation": records, "number": [1, 2], "image": picture}))
    assert list(table.columns) == ["translation.en", "translation.fr", "number", "image"]
    assert list(table.columns["translation.fr"]) == ["Ouvrir", "Fermer"]
    assert table.is_image("image")
