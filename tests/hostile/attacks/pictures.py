"""Pictures that say they are enormous, hold more than they show, or are programs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image

from tests.hostile.attacks.documents import SCRIPT, Attacks, chain, write

MAGIC = b"\x89PNG\r\n\x1a\n"
WORD = b"layerloom-project"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return MAGIC + head + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def text(content: bytes, compressed: int = 0) -> bytes:
    return chunk(b"iTXt", WORD + b"\0" + bytes([compressed, 0]) + b"\0\0" + content)


def zeros(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def bmp() -> bytes:
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 10**5, 10**5, 1, 24, *[0] * 6)


def gif(frames: int = 1) -> bytes:
    frame = b",\0\0\0\0\xff\xff\xff\xff\0\x08\x01\0\0"
    return b"GIF89a" + struct.pack("<HHBBB", 65_535, 65_535, 0, 0, 0) + frame * frames + b";"


def jpeg() -> bytes:
    """A small photograph whose header says 65,500 by 65,500."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16)).save(buffer, "JPEG")
    content = bytearray(buffer.getvalue())
    at = content.index(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(content)


def tiff(*more: tuple[int, int, int, int]) -> bytes:
    tags = sorted([(256, 4, 1, 10**5), (257, 4, 1, 10**5), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), *more])
    tags += [(273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, 10**5), (279, 4, 1, 8)]
    return (
        b"II*\0\x08\0\0\0"
        + struct.pack("<H", len(tags))
        + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        + bytes(4)
    )


def wall(folder: Path) -> bytes:
    """Class folders of pictures that are bombs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(20):
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", png(100_000, 100_000))
    return buffer.getvalue()


def svg(inside: str, before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg"><metadata id="layerloom-project">{inside}</metadata></svg>'.encode()


LAUGHS = "<!DOCTYPE svg [" + '<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12)
) + "]>"  # fmt: skip
PROJECT = write(chain()).decode()

ATTACKS: Attacks = {
    "picture_bomb": {
        "png.png": png(100_000, 100_000),
        "png_rows.png": lambda folder: png(50_000, 1_001, pixels=zeros(50_000 * 3 * 1_001)),
        "png_more_than_pixels.png": lambda folder: png(10, 10, pixels=zeros(200 * 2**20)),
        "profile.png": lambda folder: png(4, 4, chunk(b"iCCP", b"x\0\0" + zeros(200 * 2**20))),
        "texts.png": lambda folder: png(4, 4, *[chunk(b"zTXt", b"x\0\0" + zeros(2**20))] * 300),
        "bmp.bmp": bmp(),
        "gif.gif": gif(),
        "gif_frames.gif": gif(50_000),
        "jpeg.jpg": jpeg(),
        "tiff.tif": tiff(),
        "tiff_tags.tif": tiff((700, 7, 2**31, 8), (330, 4, 2**30, 8)),
        "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(CANARY) (w) file\nshowpage\n",
        "wall.zip": wall,
    },
    "picture_project": {
        "compressed.png": png(4, 4, text(zeros(2**20), 1)),
        "zipped_text.png": lambda folder: png(4, 4, chunk(b"zTXt", WORD + b"\0\0" + zeros(200 * 2**20))),
        "says_much.png": MAGIC + struct.pack(">I4s", 2**31 - 1, b"iTXt") + WORD + b"\0\0\0\0\0{}",
        "many_chunks.png": lambda folder: MAGIC + chunk(b"tEXt", b"") * 200_000,
        "twins.png": png(4, 4, text(b'{"format": 1, "format": 2, "networks": {}, "training": {}}')),
        "deep.png": png(4, 4, text(b'{"format": 1, "networks": ' + b"[" * 100_000)),
        "damaged.png": png(4, 4, text(write(chain()))).replace(b'"Input"', b'"Evilx"'),
        "no_project.png": png(4, 4),
        "laughs.svg": svg("&a11;", LAUGHS),
        "outside.svg": svg("&e;", '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        "network.svg": svg("&e;", '<!DOCTYPE svg [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>'),
        "entities.svg": lambda folder: svg("&#123;" * 2_000_000),
        "marks.svg": b"<svg>" + b'id="layerloom-project"' * 100_000 + b"</svg>",
        "script.svg": svg(PROJECT, "<!-- x -->").replace(b"<metadata", SCRIPT.encode() + b"<metadata"),
        "cut.svg": svg(PROJECT)[:-30],
    },
}
