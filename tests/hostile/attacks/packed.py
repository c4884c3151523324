"""Pickles, and archives that lead out, link, or grow."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import stat
import struct
import tarfile
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from tests.hostile.attacks.documents import Attacks, chain, write

CLEAN = write(chain())


class Trap:
    """What leaves a mark where it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch CANARY",)


def dump_torch(folder: Path, is_zip: bool = True) -> bytes:
    buffer = io.BytesIO()
    torch.save({"w": Trap()}, buffer, _use_new_zipfile_serialization=is_zip)
    return buffer.getvalue()


def dump_numpy(folder: Path, is_zip: bool = False) -> bytes:
    buffer = io.BytesIO()
    array = np.array([Trap()], dtype=object)
    np.savez(buffer, w=array) if is_zip else np.save(buffer, array)
    return buffer.getvalue()


def draw(width: int = 4, height: int = 4) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, "PNG")
    return buffer.getvalue()


def pack(files: dict[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def with_place(place: str) -> bytes:
    """An archive that is a project and pictures, and has an entry that leads to a place."""
    info = zipfile.ZipInfo("x")
    info.filename = place
    return pack({"project.json": CLEAN, "a/1.png": draw(), info: draw()})


def link(kind: int, name: str = "a/2.png") -> bytes:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return pack({"project.json": CLEAN, "a/1.png": draw(), info: b"/etc/passwd"})


def tar(kind: bytes, name: str = "a/1.png", target: str = "/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, target
        archive.addfile(info)
    return buffer.getvalue()


def nested(depth: int) -> bytes:
    content = bytes(10 * 2**20)
    for _ in range(depth):
        content = pack({f"{i}.zip": content for i in range(8)})
    return pack({"a/1.png": content, "project.json": content})


def overlap(count: int) -> bytes:
    """Fifield's bomb: many entries of the list, one kernel of zeros that all of them unpack."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(2 * 2**20)
    packed = kernel.compress(zeros) + kernel.flush()
    crc = zlib.crc32(zeros)
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), len(zeros), 7, 0)
        + b"a/0.png"
        + packed
    )
    entries = b""
    for number in range(count):
        name = f"a/{number}.png".encode()
        entries += struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(packed), len(zeros), len(name), 0, 0, 0, 0, 0, 0
        ) + name  # fmt: skip
    return local + entries + end(count, len(entries), len(local))


def end(count: int, size: int, offset: int) -> bytes:
    count = min(count, 0xFFFE)
    return struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, offset, 0)


def crowd(count: int) -> bytes:
    """A list of entries without end: each is 46 bytes, and half a kilobyte once it is listed."""
    entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    return entry * count + end(1, len(entry) * count, 0)


def claim(**sizes: int) -> bytes:
    """An archive whose headers lie about what is in them."""
    whole = pack({"a/0.png": bytes(20_000_000), "project.json": bytes(20_000_000)})
    return whole.replace((20_000_000).to_bytes(4, "little"), sizes["size"].to_bytes(4, "little"))


def many_in_one(name: str) -> bytes:
    return pack({name: bytes(300 * 2**20)})


ATTACKS: Attacks = {
    "pickle": {
        "model.pt": dump_torch,
        "model.pth": lambda folder: dump_torch(folder, is_zip=False),
        "model.ckpt": pickle.dumps(Trap(), 2),
        "pytorch_model.bin": dump_torch,
        "model.pkl": pickle.dumps(Trap()),
        "model.safetensors": pickle.dumps(Trap()),
        "zip.safetensors": dump_torch,
        "project.json": pickle.dumps(Trap()),
        "protocol_0.json": pickle.dumps(Trap(), 0),
        "objects.npy": dump_numpy,
        "objects.npz": lambda folder: dump_numpy(folder, is_zip=True),
        "objects.csv": dump_numpy,
        "table.parquet": pickle.dumps(Trap()),
        "inside.zip": pack({"a/data.pkl": pickle.dumps(Trap()), "project.json": pickle.dumps(Trap())}),
        "pictures.zip": pack({"a/1.png": pickle.dumps(Trap()), "a/2.png": pickle.dumps(Trap())}),
        "picture.png": pickle.dumps(Trap()),
    },
    "traversal": {
        "parent.zip": with_place("../../evil.png"),
        "inner_parent.zip": with_place("a/../../evil.png"),
        "absolute.zip": with_place("/tmp/evil.png"),
        "backslash.zip": with_place("..\\..\\evil.png"),
        "drive.zip": with_place("C:/evil/evil.png"),
        "stream.zip": with_place("a/evil.png:hidden.png"),
        "share.zip": with_place("//share/evil/evil.png"),
        "project_parent.zip": pack({"../project.json": CLEAN, "../a/1.png": draw()}),
        "twins.zip": pack({"a/1.png": draw(), "a/2.png": draw(), "project.json": CLEAN}).replace(
            b"a/2.png", b"a/1.png"
        ),
        "parent.tar": tar(tarfile.REGTYPE, "../../evil.png"),
    },
    "links": {
        "symbolic.zip": link(stat.S_IFLNK),
        "project.zip": link(stat.S_IFLNK, "b/project.json"),
        "device.zip": link(stat.S_IFCHR),
        "pipe.zip": link(stat.S_IFIFO),
        "socket.zip": link(stat.S_IFSOCK),
        "symbolic.tar": tar(tarfile.SYMTYPE),
        "hard.tar": tar(tarfile.LNKTYPE),
        "symbolic.tar.gz": gzip.compress(tar(tarfile.SYMTYPE)),
    },
    "zip_bomb": {
        "flat.zip": lambda folder: many_in_one("a/1.png"),
        "project.zip": lambda folder: many_in_one("project.json"),
        "nested.zip": lambda folder: nested(3),
        "overlapping.zip": lambda folder: overlap(20_000),
        "crowd.zip": lambda folder: crowd(200_000),
        "crowd_in_limits.zip": lambda folder: crowd(90_000),
        "understated.zip": lambda folder: claim(size=100),
        "overstated.zip": lambda folder: claim(size=0xFFFFFFF0),
        "lzma.zip": lambda folder: pack({"a/1.png": bytes(2**20), "project.json": CLEAN}, zipfile.ZIP_LZMA),
        "bzip2.zip": lambda folder: pack({"a/1.png": bytes(2**26), "project.json": bytes(2**26)}, zipfile.ZIP_BZIP2),
        "comment.zip": lambda folder: pack({"x": b""})[:-2] + b"\xff\xff" + b"PK\5\6" * 16_384,
        "cut.zip": lambda folder: pack({"a/1.png": draw(), "project.json": CLEAN})[:-30],
        "gzip.csv": lambda folder: gzip.compress(bytes(200 * 2**20)),
        "gzip.json": lambda folder: gzip.compress(bytes(200 * 2**20)),
    },
}
