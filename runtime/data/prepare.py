"""From a project's sources to tensors, once: what was prepared is kept by content and mapped into memory afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from torch import Tensor

from builder.columns import TIMED
from builder.document import Facts, FieldFacts, Project, Source, Windows
from builder.fields import describe_preparation
from builder.parts.mask_pictures import draw_mask
from builder.parts.preparation import open_image, read_mask
from runtime.data import cache
from runtime.data.cache_room import make_room
from runtime.data.fields import Field, find_fields, read_classes, read_numbers
from runtime.data.located import Report
from runtime.data.made import Log
from runtime.data.making import make_tensors
from runtime.data.sources import Choice, choose_origin
from runtime.data.tables import Table
from runtime.data.timed_fields import read_timed
from runtime.data.windows import cut_windows

# Raised when the same source would be prepared to other tensors, so that nothing prepared before is used again.
REVISION = 4
DIGITS = 6
"""As many as scaling to float32 and back leaves alone."""


@dataclass(frozen=True)
class PreparedSource:
    """A source ready to learn from.

    Attributes:
        facts: what was found out, as the project keeps it.
        parts: tensors by part and field: float32 as the network sees them, int64 for classes.
        notices: sentences to show, such as which data stands in.
        rows: for every part, the origin's own part and the rows of it.
    """

    facts: Facts
    parts: Mapping[str, Mapping[str, Tensor]]
    notices: tuple[str, ...]
    rows: Mapping[str, tuple[str, Tensor]]
    source: Source = field(repr=False)
    choice: Choice = field(repr=False)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The origin's own tables, read when a raw sample is first asked for."""
        return self.choice.located.open()

    @cached_property
    def fields(self) -> list[Field]:
        """The source's fields and their columns."""
        return find_fields(self.source.fields, self.choice.origin, next(iter(self.tables.values())))

    def raw(self, part: str, index: int) -> dict[str, Any]:
        """A sample before its preparation: pictures, rows of numbers by column, numbers, names of categories."""
        own, rows = self.rows[part]
        if self.source.windows is not None:
            return read_window(self, part, index)
        table, row = self.tables[own], int(rows[index])
        return {item.name: read_raw(item, table, row, self.facts.fields[item.name]) for item in self.fields}


def read_raw(item: Field, table: Table, row: int, facts: FieldFacts) -> Any:
    """One field of one row, as a person would give it to a trained network."""
    if item.meaning.kind in TIMED:
        return read_timed(item, table, row)
    if item.meaning.kind == "image":
        values = table.columns[item.columns[0]]
        return open_image(values[row])
    if item.meaning.kind == "mask":
        return draw_mask(
            read_mask(table.columns[item.columns[0]][row], len(facts.classes or ()), ignored=facts.ignored)
        )
    rows = np.array([row])
    if item.meaning.kind == "category":
        classes = facts.classes or ()
        return classes[int(read_classes(item, table, rows, classes)[0])]
    numbers = [float(number) for number in read_numbers(item, table, rows)[0]]
    return numbers[0] if item.meaning.kind == "number" else dict(zip(facts.columns or (), numbers, strict=True))


def prepare(project: Project, progress: Report | None = None) -> dict[str, PreparedSource]:
    """Prepare every source of a project.

    Args:
        project: the project; facts that it already holds are not used.
        progress: told what is being done and how much of it is done (0 to 1). Raising from it ends the work.

    Raises:
        DataError: a source cannot be used; the message is a sentence.
    """
    return {name: prepare_source(source, progress) for name, source in project.data.items()}


def prepare_source(source: Source, progress: Report | None = None) -> PreparedSource:
    """Prepare one source, or take what was prepared from the same content before. Raises DataError."""
    log: Log = progress or (lambda doing, done: None)
    log("looking for data", 0.0)
    choice = choose_origin(source, log)
    path = cache.find_path(make_key(source, choice))
    kept = cache.read(path)
    if kept is None:
        make_room()
        kept = cache.keep(path, *make_tensors(source, choice, log))
    log("data is ready", 1.0)
    tensors, about = kept
    parts = {part: read_part(source, tensors, part) for part in about["rows"]}
    rows = {part: (own, tensors[f"rows.{part}"]) for part, own in about["rows"].items()}
    notices = (*choice.notices, *about["notices"])
    return PreparedSource(Facts.model_validate_json(about["facts"]), parts, notices, rows, source, choice)


def read_part(source: Source, tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    """The tensors of one part by column; windows are cut out of what lies in memory once."""
    prefix = f"{part}."
    found = {name.removeprefix(prefix): values for name, values in tensors.items() if name.startswith(prefix)}
    return cut_windows(source, found) if source.windows is not None else found


def read_window(prepared: PreparedSource, part: str, index: int) -> dict[str, Any]:
    """A window before its preparation: for each field the values of its rows, or the text."""
    windows = prepared.source.windows or Windows()
    own, rows = prepared.rows[part]
    found: dict[str, Any] = {}
    for item in prepared.fields:
        facts = prepared.facts.fields[item.name]
        if facts.tokenizer is not None:
            found[item.name] = facts.tokenizer.decode(prepared.parts[part][item.name][index].tolist())
        else:
            chosen = rows[index * windows.stride :][: windows.length].tolist()
            found[item.name] = (
                [read_raw(item, prepared.tables[own], row, facts) for row in chosen]
                if facts.classes
                else restore_steps(item, facts, prepared.parts[part][item.name][index])
            )
    return found


def restore_steps(item: Field, facts: FieldFacts, values: Tensor) -> list[Any]:
    """The rows of a window in the units of the data; where one was missing stands what it was learned with."""
    how = describe_preparation(item.meaning, facts)
    rows = [[float(f"{number:.{DIGITS}g}") for number in row] for row in how.restore(values).tolist()]
    is_number = item.meaning.kind == "number"
    return [row[0] if is_number else dict(zip(facts.columns or (), row, strict=True)) for row in rows]


def make_key(source: Source, choice: Choice) -> str:
    """Hash of everything that decides the tensors: the content, what the columns mean, split and limit."""
    definition = source.model_dump_json(exclude={"facts", "origins"})
    columns = choice.origin.model_dump_json(include={"columns"})
    text = json.dumps([REVISION, definition, columns, choice.index, choice.located.fingerprint])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
