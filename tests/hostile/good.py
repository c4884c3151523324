"""Ordinary files, one for each door: what is taken, so that a refusal says something."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from PIL import Image
from safetensors.torch import save

from tests.hostile.attacks.documents import block, chain, layer, write

SOURCE = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 2)
    def forward(self, x):
        return self.fc(x)
"""


def draw(kind: str, level: int = 3) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (16, 12), (level, 2, 3)).save(buffer, kind)
    return buffer.getvalue()


def pack_pictures() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(24):
            archive.writestr(f"{'ab'[number % 2]}/{number}.png", draw("PNG", number))
        archive.writestr("project.json", write(chain(layer("Linear", out_features=2))))
    return buffer.getvalue()


def write_parquet() -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"a": [1.0, 2.0, 3.0, 4.0], "label": ["x", "y", "x", "y"]}), buffer)
    return buffer.getvalue()


def write_book() -> bytes:
    buffer = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (("a", "label"), (1, "x"), (2, "y"), (3, "x"), (4, "y")):
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def with_project() -> bytes:
    """A picture as the canvas saves it."""
    import zlib

    body = b"iTXt" + b"layerloom-project\0\0\0\0\0" + write(chain(layer("Linear", out_features=2)))
    piece = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    plain = draw("PNG")
    return plain[:33] + piece + plain[33:]


FILES: dict[str, Callable[[], bytes]] = {
    "project.json": lambda: write(chain(layer("Linear", out_features=2), layer("ReLU", "b"))),
    "conv.json": lambda: write(chain(layer("Conv2d", out_channels=2, kernel_size=3), layer("Reshape", "r", shape=[4]))),
    "block.json": lambda: write(block()),
    "table.csv": lambda: b"a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n",
    "table.jsonl": lambda: (
        b'{"a": 1, "label": "x"}\n{"a": 2, "label": "y"}\n{"a": 3, "label": "x"}\n{"a": 4, "label": "y"}\n'
    ),
    "rows.json": lambda: (
        b'[{"a": 1, "label": "x"}, {"a": 2, "label": "y"}, {"a": 3, "label": "x"}, {"a": 4, "label": "y"}]'
    ),
    "table.parquet": write_parquet,
    "table.xlsx": write_book,
    "pictures.zip": pack_pictures,
    "picture.png": with_project,
    "picture.jpg": lambda: draw("JPEG"),
    "picture.gif": lambda: draw("GIF"),
    "picture.bmp": lambda: draw("BMP"),
    "picture.tif": lambda: draw("TIFF"),
    "weights.safetensors": lambda: save({"fc.weight": torch.zeros(2, 8)}),
    "net.py": SOURCE.encode,
}
