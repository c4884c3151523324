from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from runtime.data import spreadsheets
from runtime.data.errors import DataError
from runtime.data.files import read_file
from runtime.data.spreadsheets import list_sheets


def write_book(path: Path, *rows: list[object], more: dict[str, bytes] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows or ([["a"], [1]]):
        book.active.append(row)
    book.create_sheet("Second").append(["z"])
    book["Second"].append([5])
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path


def replace_part(path: Path, name: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    assert old in parts[name]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content.replace(old, new, 1) if part == name else content)
    path.write_bytes(buffer.getvalue())
    return path


def test_a_sheet_is_chosen_by_its_name(tmp_path: Path):
    path = write_book(tmp_path / "a.xlsx")
    assert list_sheets(path) == ("Sheet", "Second")
    assert read_file(path, {"sheet": "Second"}).columns["z"].tolist() == [5]
    with pytest.raises(DataError, match=r'a\.xlsx has no sheet "Third"\. It has Sheet, Second\.'):
        read_file(path, {"sheet": "Third"})


def test_macros_are_refused(tmp_path: Path):
    path = write_book(tmp_path / "a.xlsx", more={"xl/vbaProject.bin": b"x"})
    with pytest.raises(DataError, match="holds macros, so it is not opened"):
        read_file(path)


def test_entities_are_refused_before_they_are_read(tmp_path: Path):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'
    path = replace_part(write_book(tmp_path / "a.xlsx"), "xl/worksheets/sheet1.xml", b"<worksheet", bomb)
    with pytest.raises(DataError, match="declares entities"):
        read_file(path)


def test_entities_are_seen_across_the_bounds_of_blocks(tmp_path: Path):
    before = b"<!--" + b" " * (2**20 - 8) + b"-->"
    path = write_book(tmp_path / "a.xlsx")
    replace_part(path, "xl/worksheets/sheet1.xml", b"<worksheet", before + b"<!DOCTYPE x><worksheet")
    with pytest.raises(DataError, match="declares entities"):
        read_file(path)


@pytest.mark.parametrize("name", ["MOST_BYTES", "MOST_TEXT_BYTES"])
def test_what_would_take_much_memory_is_refused_before_it_is_read(name: str, tmp_path: Path, monkeypatch):
    path = write_book(tmp_path / "a.xlsx", more={"xl/sharedStrings.xml": b"<sst>" + b" " * 200 + b"</sst>"})
    monkeypatch.setattr(spreadsheets, name, 100)
    with pytest.raises(DataError, match="too much for Excel"):
        read_file(path)


def test_a_cell_far_to_the_right_makes_no_columns(tmp_path: Path):
    path = replace_part(
        write_book(tmp_path / "a.xlsx", ["a"], [1]), "xl/worksheets/sheet1.xml", b'<c r="A2"', b'<c r="XFD2"'
    )
    with pytest.raises(DataError, match="has 16,384 columns; 10,000 is the most"):
        read_file(path)


def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path):
    path = write_book(tmp_path / "a.xlsx", ["a", "b"], [1, 2])
    replace_part(path, "xl/worksheets/sheet1.xml", b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert list(read_file(path).columns) == ["a", "b"]


def test_a_zip_that_is_no_book_is_told(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(DataError, match="holds no sheets, so it is no Excel file"):
        read_file(path)


@pytest.mark.parametrize("ending", ["xls", "xlsm", "ods"])
def test_other_spreadsheets_are_told_what_to_be_saved_as(ending: str, tmp_path: Path):
    path = tmp_path / f"a.{ending}"
    path.write_bytes(b"x")
    with pytest.raises(DataError, match=r"Save it as \.xlsx"):
        read_file(path)
