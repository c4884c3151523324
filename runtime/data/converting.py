"""Tables that are read bit by bit: kept as Arrow on disk, each column as what its cells turn out to hold.

Nothing is in memory at once but a chunk of rows. Chunks first go to a file as they come, since only the last row tells
what a column holds; then they are converted, and what is used afterwards is mapped from the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc

from runtime.data.cells import Style, clean, read_cells
from runtime.data.guessing import ColumnGuess

MOST_NAMED = 5
"""Rows or columns that a sentence names."""
MOST_NOTICES = 20
"""Sentences about one table."""
NOTICES = b"layerloom-notices"
TYPES = {"whole": pa.int64(), "number": pa.float64(), "date": pa.timestamp("us"), "truth": pa.bool_()}
Chunk = Mapping[str, pa.Array]


@dataclass
class Plan:
    """What a column becomes: values of a type, read from text in a style where it came as text.

    ``strays`` are cells that are not written so: how many, and the first of them with its row.
    """

    name: str
    type: pa.DataType
    style: Style | None = None
    strays: int = 0
    first_stray: tuple[int, str] = field(default=(0, ""))

    def convert(self, cells: pa.Array, start: int) -> pa.Array:
        """Values of the cells, the first of which stands in row ``start`` of what came."""
        if self.style is None:
            return as_text(cells) if pa.types.is_string(self.type) else pc.cast(cells, self.type)
        text = as_text(cells)
        values = read_cells(text, self.style)
        if values.null_count > text.null_count:
            lost = pc.and_(pc.is_null(values), pc.is_valid(text))
            row = pc.index(lost, True).as_py()
            self.first_stray = self.first_stray if self.strays else (start + row, text[row].as_py())
            self.strays += values.null_count - text.null_count
        return values


class Conversion:
    """Chunks of one table on their way to Arrow.

    Args:
        spool: an empty file for what comes in, open for reading and writing.

    Attributes:
        notices: sentences about what was read otherwise than it stands there.
        num_above: rows of the file above the first that is added, so that sentences count as spreadsheets do.
        left_out: rows of the file that were not added, in order.
        prefers_commas: whether 1,5 is more likely than 1.5 where no cell tells.
    """

    def __init__(self, spool: IO[bytes]) -> None:
        self.notices: list[str] = []
        self.num_above = 0
        self.left_out: Sequence[int] = ()
        self.prefers_commas = False
        self.num_rows = 0
        self._spool = spool
        self._num_chunks = 0
        self._types: dict[str, set[pa.DataType]] = {}
        self._guesses: dict[str, ColumnGuess] = {}

    def add(self, chunk: Chunk) -> None:
        """Take the next rows: columns of text, of which some may hold numbers, or of values that have a type already."""
        cleaned = {name: clean(cells) if pa.types.is_string(cells.type) else cells for name, cells in chunk.items()}
        for name, cells in cleaned.items():
            self._note(name, cells)
        self._keep(pa.RecordBatch.from_arrays(list(cleaned.values()), list(cleaned)))

    def add_texts(self, name: str, texts: pa.Array) -> None:
        """Take rows of a column that is text whatever is written there."""
        if len(texts):
            self._types.setdefault(name, {pa.string()})
            self._keep(pa.RecordBatch.from_arrays([texts], [name]))

    def _keep(self, batch: pa.RecordBatch) -> None:
        with pa.ipc.new_stream(self._spool, batch.schema) as writer:
            writer.write_batch(batch)
        self.num_rows += batch.num_rows
        self._num_chunks += 1

    def _note(self, name: str, cells: pa.Array) -> None:
        types = self._types.setdefault(name, set())
        if cells.null_count < len(cells):
            types.add(cells.type)
            if not pa.types.is_nested(cells.type):
                self._guesses.setdefault(name, ColumnGuess()).look(as_text(cells))

    def write(self, path: Path) -> None:
        """Write the table. Columns and rows that hold nothing are left out."""
        plans = self._plan()
        schema = pa.schema([(plan.name, plan.type) for plan in plans])
        start = 0
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
            for chunk in self._read_spool():
                writer.write_batch(drop_empty_rows(convert(chunk, plans, schema, start)))
                start += chunk.num_rows
        self.notices += [self._describe_strays(plan) for plan in plans if plan.strays]
        del self.notices[MOST_NOTICES:]

    def _plan(self) -> list[Plan]:
        """What each column becomes that holds anything."""
        guesses = self._guesses.values()
        has_commas = any(guess.shows_commas for guess in guesses)
        has_commas |= self.prefers_commas and not any(guess.shows_points for guess in guesses)
        return [self._plan_column(name, has_commas) for name, types in self._types.items() if types]

    def _plan_column(self, name: str, has_commas: bool) -> Plan:
        types, guess = self._types[name], self._guesses.get(name)
        if types <= {pa.int64(), pa.float64()}:
            return Plan(name, pa.int64() if types == {pa.int64()} else pa.float64())
        if len(types) == 1 and pa.string() not in types:
            return Plan(name, next(iter(types)))
        style = guess.choose(has_commas) if guess and not any(map(pa.types.is_nested, types)) else None
        if guess and style and (rival := guess.find_rival(style)):
            self.notices.append(f'"{name}" is read as {style.title}; as {rival.title} every cell would fit as well.')
        return Plan(name, TYPES[style.holds] if style else pa.string(), style)

    def _read_spool(self) -> Iterator[pa.RecordBatch]:
        self._spool.seek(0)
        for _ in range(self._num_chunks):
            with pa.ipc.open_stream(self._spool) as reader:
                yield from reader

    def _describe_strays(self, plan: Plan) -> str:
        assert plan.style
        index, text = plan.first_stray
        one = plan.strays == 1
        cells, count = ("1 cell is", "counts") if one else (f"{plan.strays:,} cells are", "count")
        found = f"{'' if one else 'the first '}{text[:40]!r} in row {self.find_row(index):,}"
        return f'"{plan.name}" holds {plan.style.title}; {cells} written otherwise ({found}) and {count} as missing.'

    def find_row(self, index: int) -> int:
        """The row of the file, counted from 1, where the row of that index was found."""
        row = index + self.num_above + 1
        for left_out in self.left_out:
            if left_out > row:
                break
            row += 1
        return row


def convert(chunk: pa.RecordBatch, plans: Sequence[Plan], schema: pa.Schema, start: int) -> pa.RecordBatch:
    """Values of a chunk, the first row of which is number ``start``. Columns that it lacks are missing."""
    names = set(chunk.schema.names)
    columns = [
        plan.convert(chunk.column(plan.name), start) if plan.name in names else pa.nulls(chunk.num_rows, plan.type)
        for plan in plans
    ]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def drop_empty_rows(chunk: pa.RecordBatch) -> pa.RecordBatch:
    """The rows that hold anything."""
    is_filled = None
    for column in chunk.columns:
        if not column.null_count:
            return chunk
        is_filled = pc.is_valid(column) if is_filled is None else pc.or_(is_filled, pc.is_valid(column))
    return chunk.filter(is_filled) if chunk.num_columns else chunk


def as_text(cells: pa.Array) -> pa.Array:
    """Cells as text, whatever they hold."""
    if not pa.types.is_nested(cells.type):
        return pc.cast(cells, pa.string())
    return pa.array(
        [None if cell is None else json.dumps(cell, default=str) for cell in cells.to_pylist()], pa.string()
    )
