"""Files named as weights whose header says more than they hold."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from tests.hostile.attacks.documents import Attacks


def pack(header: Any, data: bytes = bytes(16)) -> bytes:
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(content)) + content + data


def tensor(shape: list[int], begin: int = 0, end: int = 16, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def crowd(folder: Path) -> bytes:
    piece = b'{"dtype":"U8","shape":[0],"data_offsets":[0,0]}'
    return pack(b"{" + b",".join(b'"%d":%s' % (number, piece) for number in range(120_000)) + b"}", b"")


ATTACKS: Attacks = {
    "header_bloat": {
        "length.safetensors": struct.pack("<Q", 10**12) + b"{}",
        "largest_length.safetensors": struct.pack("<Q", 2**64 - 1) + b"{}",
        "long_header.safetensors": lambda folder: pack(b"{}" + b" " * (20 * 2**20)),
        "spaces.safetensors": lambda folder: pack(b" " * (7 * 2**20) + b"{}"),
        "crowd.safetensors": crowd,
        "overlap.safetensors": pack({"a": tensor([4]), "b": tensor([4])}),
        "hole.safetensors": pack({"a": tensor([2], 8, 16)}),
        "outside.safetensors": pack({"a": tensor([10**9], 0, 4 * 10**9)}),
        "backwards.safetensors": pack({"a": tensor([4], 16, 0)}),
        "twins.safetensors": pack(b'{"a": {"dtype":"F32","shape":[4],"data_offsets":[0,16]}, "a": {}}'),
        "shape.safetensors": pack({"a": tensor([10**6, 10**6])}),
        "overflow.safetensors": pack({"a": tensor([2**32, 2**32])}),
        "negative.safetensors": pack({"a": tensor([-2, -2])}),
        "type.safetensors": pack({"a": tensor([4], dtype="OBJECT")}),
        "deep.safetensors": pack(b'{"a": ' + b"[" * 500_000),
        "nan.safetensors": pack(b'{"a": NaN}'),
        "digits.safetensors": pack(b'{"a": ' + b"9" * 100_000 + b"}"),
        "metadata.safetensors": pack({"__metadata__": {"a": {"b": 1}}, "a": tensor([4])}),
        "long_name.safetensors": pack({"x" * 1_000_000: tensor([4])}),
        "trailing.safetensors": pack({"a": tensor([4])}, bytes(1000)),
        "empty.safetensors": b"",
    },
}
