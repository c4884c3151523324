"""From a project's sources to tensors, once: what was prepared is kept by content and mapped into memory afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor

from builder.document import Facts, FieldFacts, Project, Source
from builder.fields import describe_preparation
from builder.parts.preparation import open_image
from runtime.data import cache
from runtime.data.cache_room import make_room
from runtime.data.errors import DataError
from runtime.data.fields import (
    Field,
    Tables,
    find_classes,
    find_complete,
    find_fields,
    measure_image,
    read_classes,
    read_images,
    read_numbers,
    refuse_kind,
)
from runtime.data.fitting import fit_numbers, fit_pixels
from runtime.data.located import Report
from runtime.data.sources import Choice, choose_origin
from runtime.data.splits import PARTS, Part, divide_rows
from runtime.data.tables import Array, Table

# Raised when the same source would be prepared to other tensors, so that nothing prepared before is used again.
REVISION = 1
MOST_BYTES = 64 * 2**30

Rows = dict[Part, tuple[str, Array]]
Prepared = tuple[FieldFacts, dict[str, Tensor]]
Log = Callable[[str, float], None]


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
        table, row = self.tables[own], int(rows[index])
        return {item.name: read_raw(item, table, row, self.facts.fields[item.name]) for item in self.fields}


def read_raw(item: Field, table: Table, row: int, facts: FieldFacts) -> Any:
    """One field of one row, as a person would give it to a trained network."""
    if item.meaning.kind == "image":
        values = table.columns[item.columns[0]]
        return open_image(values[row])
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
        kept = cache.keep(path, *_make_tensors(source, choice, log))
    log("data is ready", 1.0)
    tensors, about = kept
    parts = {part: {name: tensors[f"{part}.{name}"] for name in source.fields} for part in about["rows"]}
    rows = {part: (own, tensors[f"rows.{part}"]) for part, own in about["rows"].items()}
    notices = (*choice.notices, *about["notices"])
    return PreparedSource(Facts.model_validate_json(about["facts"]), parts, notices, rows, source, choice)


def make_key(source: Source, choice: Choice) -> str:
    """Hash of everything that decides the tensors: the content, what the columns mean, split and limit."""
    definition = source.model_dump_json(exclude={"facts", "origins"})
    columns = choice.origin.model_dump_json(include={"columns"})
    text = json.dumps([REVISION, definition, columns, choice.index, choice.located.fingerprint])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _make_tensors(source: Source, choice: Choice, log: Log) -> tuple[dict[str, Tensor], dict[str, Any]]:
    log("reading data", 0.0)
    tables = choice.located.open()
    fields = find_fields(source.fields, choice.origin, tables["train"])
    rows, notices = choose_rows(source, fields, tables)
    tensors: dict[str, Tensor] = {f"rows.{part}": torch.from_numpy(numbers) for part, (_, numbers) in rows.items()}
    facts: dict[str, FieldFacts] = {}
    for item in fields:
        facts[item.name], prepared = prepare_field(item, tables, rows, log)
        tensors.update({f"{part}.{item.name}": values for part, values in prepared.items()})
    counts: dict[str, int] = {part: len(numbers) for part, (_, numbers) in rows.items()}
    known = Facts(origin=choice.index, fields=facts, counts=counts, fingerprint=choice.located.fingerprint)
    origins = {part: own for part, (own, _) in rows.items()}
    return tensors, {"facts": known.model_dump_json(), "notices": notices, "rows": origins}


def choose_rows(source: Source, fields: list[Field], tables: dict[str, Table]) -> tuple[Rows, list[str]]:
    """Decide which rows make which part: incomplete ones are left out, the limit is kept, then rows are divided."""
    notices: list[str] = []
    usable: dict[str, Array] = {}
    for name, table in tables.items():
        complete = np.flatnonzero(find_complete(fields, table))
        if len(complete) < len(table):
            missing = len(table) - len(complete)
            notices.append(f"{missing:,} of {len(table):,} rows of {name} miss a value and are left out.")
        usable[name] = limit_rows(complete, source)
    if not len(usable["train"]):
        raise DataError("No row has a value in every column that is used. Leave out the columns that are mostly empty.")
    classes = read_target(fields, tables, usable["train"])
    divided = divide_rows(len(usable["train"]), source.split, frozenset(tables), classes)
    rows: Rows = {part: ("train", usable["train"][numbers]) for part, numbers in divided.items()}
    rows |= {part: (part, usable[part]) for part in PARTS if part in tables and part != "train" and len(usable[part])}
    return rows, notices


def limit_rows(rows: Array, source: Source) -> Array:
    """The source's limit of rows, drawn with the split's seed, or the first ones where order counts."""
    if source.limit is None or len(rows) <= source.limit:
        return rows
    if source.split.by == "order":
        return rows[: source.limit]
    drawn = np.random.RandomState(source.split.seed % 2**32).permutation(len(rows))[: source.limit]
    return rows[np.sort(drawn)]


def read_target(fields: list[Field], tables: dict[str, Table], rows: Array) -> Array | None:
    """Class of every row by the target, so that parts get the classes in the same proportions; None without classes."""
    target = next((item for item in fields if item.meaning.role == "target" and item.meaning.kind == "category"), None)
    return read_classes(target, tables["train"], rows, find_classes(target, tables)) if target else None


def prepare_field(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    """Prepare one field in all parts. What is fitted is fitted on the training part. Raises DataError for other kinds."""
    kinds = {
        "image": _prepare_images,
        "category": _prepare_classes,
        "vector": _prepare_numbers,
        "number": _prepare_numbers,
    }
    if item.meaning.kind not in kinds:
        raise refuse_kind(item.name, item.meaning.kind)
    return kinds[item.meaning.kind](item, tables, rows, log)


def _prepare_images(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    own, train = rows["train"]
    shape = measure_image(item, tables[own], train)
    total = sum(len(numbers) for _, numbers in rows.values())
    check_size(item, total, shape)
    pixels, done = {}, 0
    for part, (own, numbers) in rows.items():
        before = done
        step = lambda count, before=before: log("decoding pictures", (before + count) / total)  # noqa: E731
        pixels[part] = read_images(item, tables[own], numbers, shape, step)
        done += len(numbers)
    facts = FieldFacts(kind="image", shape=shape).model_copy(update=fit_pixels(pixels["train"], item.meaning.scaling))
    preparation = describe_preparation(item.meaning, facts)
    return facts, {part: preparation.scale(pixels.pop(part)).contiguous() for part in rows}


def check_size(item: Field, count: int, shape: tuple[int, ...]) -> None:
    """Raise DataError where tensors would need more memory than is sensible, before any is taken."""
    size = 5 * count * int(np.prod(shape))
    if size > MOST_BYTES:
        raise DataError(
            f'The field "{item.name}" would need {size / 2**30:.0f} GiB: {count:,} pictures of {shape[1]}×{shape[2]}.',
            "Give it a smaller size or limit the number of samples.",
        )


def _prepare_classes(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    classes = find_classes(item, tables)
    dtype = item.meaning.dtype or "int64"
    facts = FieldFacts(kind="category", dtype=dtype, shape=(1,) if dtype == "float32" else (), classes=classes)
    preparation = describe_preparation(item.meaning, facts)
    read = {part: read_classes(item, tables[own], numbers, classes) for part, (own, numbers) in rows.items()}
    return facts, {part: preparation.number_classes(numbers) for part, numbers in read.items()}


def _prepare_numbers(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    read = {part: read_numbers(item, tables[own], numbers) for part, (own, numbers) in rows.items()}
    width = read["train"].shape[1]
    columns = name_numbers(item, width)
    facts = FieldFacts(
        kind=item.meaning.kind, dtype=item.meaning.dtype or "float32", shape=(width,), columns=columns
    ).model_copy(update=fit_numbers(read["train"], item.meaning.scaling))
    preparation = describe_preparation(item.meaning, facts)
    return facts, {part: preparation.scale(torch.from_numpy(numbers)) for part, numbers in read.items()}


def name_numbers(item: Field, width: int) -> tuple[str, ...]:
    """Names of a field's numbers: its columns, or their places where one column holds lists."""
    if len(item.columns) == width:
        return item.columns
    return tuple(f"{item.columns[0]} {place + 1}" for place in range(width))
