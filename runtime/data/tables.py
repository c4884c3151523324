"""The rows of a data set by column, whatever they were read from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from runtime.data.errors import DataError

Array = np.ndarray[Any, np.dtype[Any]]


class ImageColumn:
    """Images that are decoded only when they are asked for: encoded bytes or paths.

    Arrow keeps the bytes memory-mapped, so a column larger than the memory costs nothing until it is read.
    """

    def __init__(self, cells: pa.ChunkedArray | Sequence[str], folder: Path | None = None) -> None:
        """Take an Arrow column of ``{bytes, path}`` or a list of paths.

        A column that came in a file may name pictures only inside ``folder``, where there is one: a data set of others must
        not have files of this computer opened.
        """
        self._cells = cells
        roots = (folder.absolute(), folder.resolve()) if folder else ()
        self._roots = tuple(os.path.normpath(root) + os.sep for root in roots)

    def __len__(self) -> int:
        return len(self._cells)

    def __getitem__(self, row: int) -> bytes | str | Array | None:
        """Encoded bytes, a path or the pixels; None where the image is missing."""
        if not isinstance(self._cells, pa.ChunkedArray):
            return self._cells[row]
        return self._read_cell(self._cells[row].as_py())

    def read(self, rows: Array, chunk: int = 1024) -> Iterator[bytes | str | Array | None]:
        """Go through the given rows, a chunk of Arrow at a time: many times faster than cell by cell."""
        if not isinstance(self._cells, pa.ChunkedArray):
            yield from (self._cells[row] for row in rows)
            return
        for start in range(0, len(rows), chunk):
            yield from map(self._read_cell, self._cells.take(pa.array(rows[start : start + chunk])).to_pylist())

    def find_missing(self) -> Array:
        """True for every row without an image."""
        if not isinstance(self._cells, pa.ChunkedArray):
            return np.zeros(len(self), dtype=bool)
        return np.asarray(self._cells.is_null().to_numpy())

    def _read_cell(self, cell: dict[str, Any] | None) -> bytes | str | None:
        content: bytes | None = (cell or {}).get("bytes")
        path: str | None = (cell or {}).get("path")
        if content or not path:
            return content or None
        place = os.path.normpath(path)
        if not place.startswith(self._roots) or not Path(place).is_file():
            reason = f'A picture is only named, by the path "{path[:80]}", and there is no such file in the data.'
            raise DataError(reason, "Save the data with the pictures in it.")
        return place


Column = Array | ImageColumn


class ArrowBacked(Mapping[str, Column]):
    """Columns that lie in Arrow, ``arrow``, and are made when they are asked for."""

    arrow: pa.Table

    def find(self, name: str) -> pa.ChunkedArray:
        """A column as it lies there. Raises KeyError for a name that is not listed."""
        raise NotImplementedError


def is_picture_type(kind: pa.DataType) -> bool:
    """Whether a column holds encoded pictures, the way ``datasets`` stores them."""
    return pa.types.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}


def is_number_type(kind: pa.DataType) -> bool:
    """Whether a column holds numbers or truth values."""
    return bool(pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))


@dataclass(frozen=True)
class Table:
    """Rows by column. Arrays of one axis hold numbers, dates or objects; of three or four axes images, channels last.

    ``classes`` names the values of columns that hold whole numbers standing for names, and the classes of the pixels of masks:
    two are 0 and 255 there, more are their numbers. ``ignored`` is the number of pixels of no class in masks that have such,
    where two classes are numbers too. ``target`` is the column that a
    data set is known to be learned for. ``notices`` tell what was read otherwise than it stands in the file.
    """

    columns: Mapping[str, Column]
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    target: str | None = None
    notices: tuple[str, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        if isinstance(self.columns, ArrowBacked):
            return int(self.columns.arrow.num_rows)
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def is_image(self, column: str) -> bool:
        """Whether a column holds images."""
        if kind := self._find_type(column):
            return is_picture_type(kind)
        values = self.columns[column]
        return isinstance(values, ImageColumn) or values.ndim >= 3

    def is_mask(self, column: str) -> bool:
        """Whether a column holds images whose pixels are of known classes."""
        return column in self.classes and self.is_image(column)

    def is_numeric(self, column: str) -> bool:
        """Whether a column holds one number (or truth value) a row."""
        if kind := self._find_type(column):
            return is_number_type(kind)
        values = self.columns[column]
        return not isinstance(values, ImageColumn) and values.ndim == 1 and values.dtype.kind in "biuf"

    def to_arrow(self, column: str) -> pa.ChunkedArray:
        """The cells of a column of Arrow's types. Raises TypeError for images."""
        if isinstance(self.columns, ArrowBacked):
            return self.columns.find(column)
        values = self.columns[column]
        if isinstance(values, ImageColumn) or values.ndim > 1:
            raise TypeError("images are no cells")
        return pa.chunked_array([pa.array(values, from_pandas=True)])

    def _find_type(self, column: str) -> pa.DataType | None:
        """The type of a column that lies in Arrow, so that nothing is read to know it."""
        try:
            return self.columns.find(column).type if isinstance(self.columns, ArrowBacked) else None
        except KeyError:  # it is made of another one
            return None
