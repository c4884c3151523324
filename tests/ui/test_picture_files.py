from __future__ import annotations

import contextlib
import io
import json
import struct
import time
import zlib
from collections.abc import Callable
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from builder.loading import MOST_BYTES
from ui.picture_files import KEYWORD, MOST_SVG, PNG, PictureError, read_picture
from ui.projects import list_projects, load_project
from ui.session import PRESETS

PROJECT = (PRESETS / "linear_regression.json").read_bytes()
PLAIN = KEYWORD + b"\0\0\0\0\0"


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
REST = chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def png(*chunks: bytes) -> bytes:
    return PNG + HEADER + b"".join(chunks) + REST


def svg(inside: str, around: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{around}{inside}<title>x</title></svg>'.encode()


def metadata(text: str) -> str:
    return f'<metadata id="layerloom-project">{escape(text, quote=False)}</metadata>'


def read(content: bytes) -> bytes | None:
    return read_picture(io.BytesIO(content))


def test_a_png_gives_the_project_that_was_put_into_it() -> None:
    assert read(png(chunk(b"tEXt", b"Software\0else"), chunk(b"iTXt", PLAIN + PROJECT))) == PROJECT


def test_an_svg_gives_the_project_that_was_put_into_it() -> None:
    assert read(svg(metadata(PROJECT.decode()))) == PROJECT


@pytest.mark.parametrize("start", ["\ufeff", "\n ", '<?xml version="1.0"?>\n', "<!-- saved -->\n"])
def test_an_svg_may_begin_with_a_declaration_or_a_comment(start: str) -> None:
    assert read(start.encode() + svg(metadata(PROJECT.decode()))) == PROJECT


def test_an_svg_that_another_program_saved_again_still_opens() -> None:
    text = escape(PROJECT.decode()).replace("&gt;", ">").replace("\n", "&#10;").replace("&quot;", "&#x22;")
    tag = '<metadata\n     id="layerloom-project"\n     data-kept="yes"\n>'
    assert read(svg(f"{tag}{text}</metadata\n>")) == PROJECT


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_whatever_text_a_project_holds_comes_out_as_it_went_in(text: str) -> None:
    project = json.dumps({"name": text}, ensure_ascii=False)
    assert read(svg(metadata(project))) == project.encode()
    assert read(png(chunk(b"iTXt", PLAIN + project.encode()))) == project.encode()


@pytest.mark.parametrize("content", [b"", b"{}", PROJECT, b"PK\x03\x04", b"<html></html>"])
def test_what_is_no_picture_is_left_to_others(content: bytes) -> None:
    assert read(content) is None


def damaged_checksum() -> bytes:
    whole = bytearray(chunk(b"iTXt", PLAIN + PROJECT))
    whole[-1] ^= 1
    return PNG + HEADER + bytes(whole) + REST


PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "photo": (png, "holds no project"),
    "foreign text": (lambda: png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>")), "holds no project"),
    "short text": (lambda: png(chunk(b"iTXt", b"lay")), "holds no project"),
    "longer keyword": (lambda: png(chunk(b"iTXt", b"layerloom-project-2\0\0\0\0\0{}")), "holds no project"),
    "compressed bomb": (
        lambda: png(chunk(b"iTXt", KEYWORD + b"\0\1\0\0\0" + zlib.compress(b" " * 10**7))),
        "compressed",
    ),
    "checksum": (damaged_checksum, "is damaged"),
    "cut": (lambda: png(chunk(b"iTXt", PLAIN + PROJECT))[:400], "is damaged"),
    "endless chunk": (lambda: PNG + HEADER + b"\xff\xff\xff\xffiTXt" + PLAIN, "is damaged"),
    "no end": (lambda: PNG + HEADER, "is damaged"),
    "large": (lambda: png(chunk(b"iTXt", PLAIN + b" " * (MOST_BYTES + 1))), "more than"),
    "drawing": (lambda: svg(""), "holds no project"),
    "mark in a text": (lambda: svg('<text>id="layerloom-project"</text>'), "holds no project"),
    "mark in a tag of another name": (lambda: svg('<g id="layerloom-project">{}</g>'), "holds no project"),
    "not closed": (lambda: b'<svg><metadata id="layerloom-project">{}', "is damaged"),
    "elements inside": (lambda: svg('<metadata id="layerloom-project"><b>{}</b></metadata>'), "is damaged"),
    "cdata": (lambda: svg('<metadata id="layerloom-project"><![CDATA[{}]]></metadata>'), "is damaged"),
    "large drawing": (lambda: svg(" " * MOST_SVG), "more than"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_without_a_project_says_so(name: str) -> None:
    make, sentence = PICTURES[name]
    with pytest.raises(PictureError, match=sentence):
        read(make())


def test_entities_of_a_document_type_are_not_expanded() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    content = bomb.encode() + svg('<metadata id="layerloom-project">&b;&x;</metadata>')
    assert read(content) == b"&b;&x;"


@pytest.mark.parametrize("entity", ["&#xD800;", "&#1114112;", "&#9999999;"])
def test_an_entity_that_is_no_character_is_nothing(entity: str) -> None:
    assert read(svg(f'<metadata id="layerloom-project">{{{entity}}}</metadata>')) == b"{}"


@pytest.mark.parametrize(
    "content",
    [
        b"<svg>" + b'<metadata id="layerloom-project"' * 300_000,
        b"<svg>" + b"<" * 10**7,
        b'<svg><metadata id="layerloom-project">' + b"&#" * 5 * 10**6 + b"</metadata>",
        PNG + chunk(b"iTXt", b"") * 10**6,
    ],
    ids=["tags", "brackets", "entities", "chunks"],
)
def test_a_picture_made_to_be_slow_is_done_with_at_once(content: bytes) -> None:
    start = time.perf_counter()
    with contextlib.suppress(PictureError):
        read(content)
    assert time.perf_counter() - start < 3


@given(st.binary(max_size=300))
def test_any_bytes_behind_a_picture_s_start_give_a_project_or_a_sentence(rest: bytes) -> None:
    for start in (PNG, PNG + HEADER, b"<svg>", b'<svg><metadata id="layerloom-project">'):
        try:
            assert isinstance(read(start + rest), bytes)
        except PictureError as error:
            assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("name", "content"),
    [("line.png", png(chunk(b"iTXt", PLAIN + PROJECT))), ("line.svg", svg(metadata(PROJECT.decode())))],
)
def test_a_picture_that_is_dropped_becomes_a_project(
    client: TestClient, home: object, name: str, content: bytes
) -> None:
    id = client.post(f"/api/projects?name={name}", content=content).json()["id"]
    stored = load_project(id)
    assert stored is not None and stored.project.name == "Linear regression"


@pytest.mark.parametrize("content", [png(), svg(""), svg(metadata("{}")), png(chunk(b"iTXt", PLAIN + b"\x80\x04"))])
def test_a_picture_that_gives_no_project_gets_a_sentence_with_its_name(
    client: TestClient, home: object, content: bytes
) -> None:
    answer = client.post("/api/projects?name=photo.png", content=content)
    assert answer.status_code == 422 and answer.json()["error"].endswith(".")
    assert list_projects() == []
