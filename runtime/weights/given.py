"""Weights that a person hands in: safetensors alone, whose header is read and measured here before anything is taken for it.

A ``.pt`` is a program for Python's unpickler. ``weights_only`` narrows what it may call and was got around twice, so no
such file is opened: the person turns it into safetensors where it comes from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from builder.strict_json import JsonError, parse_json
from runtime.runs.errors import RunError

MOST_BYTES: Final = 8 * 2**30
"""A file of weights: two billion numbers of float32, more than a graph that is drawn by hand has."""
MOST_HEADER_BYTES: Final = 8 * 2**20
"""The header in JSON: 160 bytes for each of the most tensors."""
MOST_TENSORS: Final = 50_000
"""Tensors in one file; a network of 20,000 nodes has fewer."""
MOST_VALUES: Final = 8 * MOST_TENSORS
"""Values in the header, counted before it is parsed: name, type, shape and place of each tensor."""
MOST_AXES: Final = 8
"""Axes of a tensor; no layer has more than five."""
LONGEST_NAME: Final = 500
"""Of a tensor's name; a name is a path of ids."""
LARGEST_AXIS: Final = 2**40
"""Of one axis, so that a product of eight stays quick; the file's length bounds it further."""
METADATA: Final = "__metadata__"
BYTES: Final = {
    "BOOL": 1,
    "U8": 1,
    "I8": 1,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "I16": 2,
    "U16": 2,
    "F16": 2,
    "BF16": 2,
    "I32": 4,
    "U32": 4,
    "F32": 4,
    "I64": 8,
    "U64": 8,
    "F64": 8,
    "C64": 8,
}
"""Bytes of one number, by the type's name in the file."""
PICKLES: Final = (".pt", ".pth", ".ckpt", ".bin", ".pkl", ".pickle")


class WeightsRefused(RunError):
    """A file gives no weights. ``snippet`` is code that helps, where there is some."""

    def __init__(self, reason: str, advice: str = "", snippet: str = "") -> None:
        super().__init__(reason, advice)
        self.snippet = snippet


@dataclass(frozen=True)
class Piece:
    """A tensor as the header describes it: where its bytes begin and end behind the header."""

    name: str
    begin: int
    end: int


def read_weights(path: Path, name: str | None = None) -> dict[str, Tensor]:
    """Read a file of weights that was handed in.

    Args:
        path: where it lies.
        name: what the person calls it, where that is not the path's name.

    Returns:
        The tensors by their names, on the CPU.

    Raises:
        WeightsRefused: it is no safetensors file, or is damaged, or larger than can be worked with.
    """
    name = (name or path.name)[:100]
    refuse_pickle(name, b"")
    try:
        with path.open("rb") as file:
            check_file(file, path.stat().st_size, name)
        return dict(load_file(path))
    except (OSError, SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise WeightsRefused(f"{name} cannot be read: {error}.", "Save it again.") from error


def refuse_pickle(name: str, start: bytes) -> None:
    """Raise WeightsRefused for what only Python's unpickler reads: by its name, or by how it begins."""
    if name.lower().endswith(PICKLES) or start[:1] == b"\x80" or start[:4] == b"PK\x03\x04":
        raise WeightsRefused(
            f"{name} is a pickle, which can run any program when it is opened; it is never opened here.",
            "Turn it into safetensors on the computer that it comes from, and choose that file.",
            write_conversion(name),
        )


def write_conversion(name: str) -> str:
    """Code that turns a file of PyTorch into safetensors, to be run where the file comes from."""
    return (
        "import torch, safetensors.torch\n"
        f'weights = torch.load({name!r}, map_location="cpu", weights_only=True)\n'
        "weights = {name: tensor.contiguous() for name, tensor in weights.items()}\n"
        'safetensors.torch.save_file(weights, "weights.safetensors")\n'
    )


def check_file(file: IO[bytes], size: int, name: str) -> None:
    """Raise WeightsRefused where a file of ``size`` bytes is not what its header says, or beyond the limits."""
    start = file.read(8)
    if size > MOST_BYTES:
        raise WeightsRefused(f"{name} has {size / 2**30:.1f} GiB; {MOST_BYTES // 2**30} GiB is the most.")
    length = int.from_bytes(start, "little")
    if len(start) < 8 or length > size - 8 or length < 2:
        refuse_pickle(name, start)
        raise WeightsRefused(f"{name} is no safetensors file, or its end is missing.", "Save it again.")
    if length > MOST_HEADER_BYTES:
        raise WeightsRefused(
            f"{name} has a header of more than {MOST_HEADER_BYTES // 2**20} MB, which no weights have."
        )
    check_header(read_header(file.read(length), name), size - 8 - length, name)


def read_header(content: bytes, name: str) -> dict[str, Any]:
    """The header as JSON. Raises WeightsRefused."""
    try:
        header = parse_json(content.decode(), f"The header of {name}", MOST_VALUES)
    except JsonError as error:
        raise WeightsRefused(str(error), "Save it again.") from None
    except UnicodeDecodeError:
        refuse_pickle(name, content)
        raise WeightsRefused(f"{name} is no safetensors file: its header is no text.", "Save it again.") from None
    if not isinstance(header, dict):
        raise WeightsRefused(f"{name} is no safetensors file: its header names no tensors.", "Save it again.")
    return header


def check_header(header: dict[str, Any], size: int, name: str) -> None:
    """Raise WeightsRefused where tensors do not fill the ``size`` bytes behind the header exactly, each with its own."""
    about = header.pop(METADATA, {})
    if not isinstance(about, dict) or not all(isinstance(value, str) for value in about.values()):
        raise WeightsRefused(f"{name} is damaged: what it says about itself is no text.", "Save it again.")
    if not 0 < len(header) <= MOST_TENSORS:
        raise WeightsRefused(f"{name} holds {len(header):,} tensors; from 1 to {MOST_TENSORS:,} can be read.")
    end = 0
    for piece in sorted((read_piece(key, about, name) for key, about in header.items()), key=lambda piece: piece.begin):
        if piece.begin != end:
            raise WeightsRefused(
                f"{name} is damaged: its tensor {piece.name!r} does not begin where the last one ends."
            )
        end = piece.end
    if end != size:
        raise WeightsRefused(
            f"{name} is damaged: its tensors take {end:,} bytes, and it holds {size:,}.", "Save it again."
        )


def read_piece(key: str, about: Any, name: str) -> Piece:
    """A tensor of the header. Raises WeightsRefused where type, shape and bytes are not of one tensor."""
    said = f"{name} is damaged: its tensor {key[:80]!r}"
    if not key or len(key) > LONGEST_NAME or not key.isprintable():
        raise WeightsRefused(f"{said} has a name that no tensor has.")
    if not isinstance(about, dict) or about.keys() != {"dtype", "shape", "data_offsets"}:
        raise WeightsRefused(f"{said} is not described by its type, shape and place.")
    dtype, shape, place = about["dtype"], about["shape"], about["data_offsets"]
    if not isinstance(dtype, str) or dtype not in BYTES:
        raise WeightsRefused(f"{said} is of a type that is not read here. Use one of {', '.join(BYTES)}.")
    if not are_counts(shape) or len(shape) > MOST_AXES or not are_counts(place) or len(place) != 2:
        raise WeightsRefused(f"{said} has a shape or a place that no tensor has.")
    if place[0] + math.prod(shape) * BYTES[dtype] != place[1]:
        raise WeightsRefused(f"{said} has other bytes than its shape needs.")
    return Piece(key, *place)


def are_counts(values: Any) -> bool:
    """Whether these are whole numbers from 0, none of them a truth value."""
    return isinstance(values, list) and all(type(value) is int and 0 <= value <= LARGEST_AXIS for value in values)
