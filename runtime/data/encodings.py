"""Text files: which encoding they are in, and whether they are text with lines at all. Looked at bit by bit."""

from __future__ import annotations

import codecs
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from runtime.data.errors import DataError

BLOCK = 2**22
"""What is looked at in one go."""
MOST_LINE_BYTES = BLOCK
"""One line of a table: 10,000 columns of 400 characters. A reader takes memory for as many cells as a line has commas."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
UNKNOWN_TO_CP1252 = bytes([0x81, 0x8D, 0x8F, 0x90, 0x9D])
ADVICE = "Export it as CSV (UTF-8) or Parquet."
OTHERS = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"PK\x03\x04": "a zip archive or an Excel file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a packed file (gzip)",
    b"%PDF": "a PDF",
    b"SQLite": "a database",
}
"""Beginnings of files that bear the name of a text by mistake."""


@dataclass(frozen=True)
class TextFile:
    """What is known of a file of text: its encoding, and how many quotation marks it holds."""

    path: Path
    encoding: str
    num_quotes: int = 0

    def read_head(self, size: int = BLOCK) -> str:
        """The first so many bytes as text, up to the end of the last whole character."""
        with self.path.open("rb") as file:
            return codecs.getincrementaldecoder(self.encoding)().decode(file.read(size))


def examine_text(path: Path, most_line_bytes: int | None = MOST_LINE_BYTES) -> TextFile:
    """Find a text's encoding: by its mark, else UTF-16, UTF-8 or the Western one of spreadsheets, whichever it can be.

    Raises:
        DataError: it is no text, or a line of it is longer than ``most_line_bytes``.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK)
    if other := next((what for start, what in OTHERS.items() if head.startswith(start)), None):
        raise DataError(f"{path.name} is {other}, not text.", "Give it its own ending, or choose another file.")
    wide = find_wide(head)
    scan = _Scan(path.name, wide is not None, most_line_bytes)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            scan.look(block)
    return TextFile(path, wide or scan.end(head), scan.num_quotes)


def find_wide(head: bytes) -> str | None:
    """UTF-16, with or without a mark: without one every other byte of Western text is zero."""
    mark = next((encoding for mark, encoding in MARKS.items() if head.startswith(mark)), None)
    if mark == "utf-16":
        return mark
    most = len(head) // 2
    even, odd = head[:2000:2].count(0), head[1:2000:2].count(0)
    half = min(most, 1000)
    if half and max(even, odd) > 0.6 * half and min(even, odd) < 0.05 * half:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


class _Scan:
    """Goes through a file once and notes what its encoding cannot be."""

    def __init__(self, name: str, is_wide: bool, most_line_bytes: int | None) -> None:
        self._name, self._is_wide, self._most = name, is_wide, most_line_bytes
        self._utf8: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._is_cp1252 = True
        self._line, self._length = 1, 0
        self.num_quotes = 0

    def look(self, block: bytes) -> None:
        if not self._is_wide:
            self._check_zero(block)
            self._decode(block)
        self._measure(block)
        self.num_quotes += block.count(b'"')
        self._line += block.count(b"\n")

    def _check_zero(self, block: bytes) -> None:
        place = block.find(b"\0")
        if place >= 0:
            line = self._line + block.count(b"\n", 0, place)
            reason = f"{self._name} is not text: line {line:,} holds a zero byte, so it is no table of this kind."
            raise DataError(reason, ADVICE)

    def _decode(self, block: bytes) -> None:
        try:
            if self._utf8:
                self._utf8.decode(block)
        except UnicodeDecodeError:
            self._utf8 = None
        if not block.isascii():
            self._is_cp1252 = self._is_cp1252 and not any(map(block.count, UNKNOWN_TO_CP1252))

    def _measure(self, block: bytes) -> None:
        first = min((place for mark in (b"\n", b"\r") if (place := block.find(mark)) >= 0), default=len(block))
        if self._most and self._length + first > self._most:
            reason = (
                f"{self._name}, line {self._line:,}: more than {self._most // 2**20} MB, so it is no row of a table."
            )
            raise DataError(reason)
        last = max(block.rfind(b"\n"), block.rfind(b"\r"))
        self._length = len(block) - last - 1 if last >= 0 else self._length + len(block)

    def end(self, head: bytes) -> str:
        """The encoding of what is no UTF-16."""
        with suppress(UnicodeDecodeError):
            if self._utf8:
                self._utf8.decode(b"", final=True)
                return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
        return "cp1252" if self._is_cp1252 else "latin-1"
