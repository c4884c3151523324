"""The project inside a picture that the canvas saved: one text chunk of a PNG, one element of an SVG, and nothing else.

Nothing of a picture is decoded: no pixel, no compressed text, no XML entity beyond single characters. What is read is
bounded before it is read.
"""

from __future__ import annotations

import os
import re
import struct
import zlib
from typing import IO, Final

from builder.loading import MOST_BYTES

KEYWORD: Final = b"layerloom-project"
PNG: Final = b"\x89PNG\r\n\x1a\n"
PLAIN_TEXT: Final = KEYWORD + b"\0\0\0\0\0"
"""An international text chunk begins so: keyword, not compressed, no method, no language, no translated keyword."""
MOST_CHUNKS: Final = 100_000
"""Chunks of a PNG that are walked over; a picture has some dozen."""
MOST_SVG: Final = 3 * MOST_BYTES
"""A drawing around a project, which repeats its words a few times."""
MOST_ENTITIES: Final = 200_000
"""Signs that XML writes as entities; in a project only notes and texts have some."""
MARK: Final = b'id="' + KEYWORD + b'"'
LONGEST_TAG: Final = 500
"""The opening tag of the element that holds the project."""
MOST_TRIES: Final = 10
"""How often the mark may stand in an SVG before the element; a note may hold the word."""
ENTITY: Final = re.compile(rb"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9A-Fa-f]{1,6}));")
NAMED: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}

EMPTY: Final = "holds no project. Pictures open when they were saved on the Build page with Save picture."
DAMAGED: Final = "is damaged: its end is missing or was changed. Save the picture again."
TOO_LARGE: Final = f"holds more than the {MOST_BYTES // 2**20} MB that a project has at most."


class PictureError(Exception):
    """A picture that gives no project. The text goes on after the file's name."""


def read_picture(content: IO[bytes]) -> bytes | None:
    """The project's file inside a picture; None where the content is no picture. Raises PictureError."""
    content.seek(0)
    start = content.read(1024)
    if start.startswith(PNG):
        return read_png(content)
    return read_svg(content) if is_svg(start) else None


def is_svg(start: bytes) -> bool:
    """Whether a file begins like an SVG."""
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!DOCTYPE svg")) and b"<" in text)


def read_png(content: IO[bytes]) -> bytes:
    """Walk over the chunks to the one that holds the project. Raises PictureError."""
    size = content.seek(0, os.SEEK_END)
    content.seek(len(PNG))
    for _ in range(MOST_CHUNKS):
        header = content.read(8)
        if len(header) < 8:
            raise PictureError(DAMAGED)
        length, kind = struct.unpack(">I4s", header)
        if length + 4 > size - content.tell():
            raise PictureError(DAMAGED)
        if kind == b"IEND":
            break
        text = read_text_chunk(content, length) if kind == b"iTXt" else None
        if text is not None:
            return text
        if kind != b"iTXt":
            content.seek(length + 4, os.SEEK_CUR)
    raise PictureError(EMPTY)


def read_text_chunk(content: IO[bytes], length: int) -> bytes | None:
    """The project, where the chunk that begins here is ours; else the chunk is passed over. Raises PictureError."""
    place = content.tell()
    start = content.read(min(length, len(PLAIN_TEXT)))
    content.seek(place)
    if not start.startswith(KEYWORD + b"\0"):
        content.seek(length + 4, os.SEEK_CUR)
        return None
    if start != PLAIN_TEXT:
        raise PictureError("holds its project compressed, which Layerloom does not write and does not open.")
    if length > MOST_BYTES + len(PLAIN_TEXT):
        raise PictureError(TOO_LARGE)
    data = content.read(length)
    if zlib.crc32(b"iTXt" + data) != struct.unpack(">I", content.read(4))[0]:
        raise PictureError(DAMAGED)
    return data[len(PLAIN_TEXT) :]


def read_svg(content: IO[bytes]) -> bytes:
    """The text of the element that holds the project. The XML around it is not parsed. Raises PictureError."""
    content.seek(0)
    whole = content.read(MOST_SVG + 1)
    if len(whole) > MOST_SVG:
        raise PictureError(TOO_LARGE)
    begin = find_element(whole)
    if begin is None:
        raise PictureError(EMPTY)
    end = whole.find(b"<", begin)
    if end < 0 or not whole.startswith(b"</metadata", end):
        raise PictureError(DAMAGED)
    if whole.count(b"&", begin, end) > MOST_ENTITIES:
        raise PictureError(TOO_LARGE)
    return ENTITY.sub(lambda found: read_entity(*found.groups()), whole[begin:end])


def find_element(whole: bytes) -> int | None:
    """Where the text of our ``<metadata>`` begins; None where there is none."""
    at = -1
    for _ in range(MOST_TRIES):
        at = whole.find(MARK, at + 1)
        if at < 0:
            return None
        opened = whole.rfind(b"<", max(0, at - LONGEST_TAG), at)
        closed = whole.find(b">", at, at + LONGEST_TAG)
        if opened >= 0 and closed >= 0 and whole.startswith(b"<metadata", opened) and b">" not in whole[opened:at]:
            return closed + 1
    return None


def read_entity(name: bytes | None, decimal: bytes | None, hexadecimal: bytes | None) -> bytes:
    """The one character that an entity stands for; nothing where there is no such character."""
    if name is not None:
        return NAMED[name]
    number = int(decimal) if decimal is not None else int(hexadecimal or b"0", 16)
    return chr(number).encode() if number <= 0x10FFFF and not 0xD800 <= number < 0xE000 else b""
