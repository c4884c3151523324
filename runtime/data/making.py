"""From the tables of a source to tensors: which rows make which part, what is fitted, and every field prepared."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from builder.columns import TIMED
from builder.document import Facts, FieldFacts, Source
from builder.fields import describe_preparation
from builder.parts.columns import LENGTHS
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
    read_masks,
    read_numbers,
)
from runtime.data.fitting import count_classes, fit_numbers, fit_pixels
from runtime.data.made import Log, Made, Rows
from runtime.data.sources import Choice
from runtime.data.splits import PARTS, Part, divide_rows
from runtime.data.tables import Array, Table
from runtime.data.timed_fields import prepare_sequence, prepare_text
from runtime.data.windows import make_windows

MOST_BYTES = 64 * 2**30

Prepared = tuple[FieldFacts, dict[str, Tensor]]


def make_tensors(source: Source, choice: Choice, log: Log) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read and prepare a source: tensors by part and column, and what is to be known of them. Raises DataError."""
    log("reading data", 0.0)
    tables = choice.located.open()
    fields = find_fields(source.fields, choice.origin, tables["train"])
    if source.windows is not None:
        made = make_windows(source, fields, tables, log)
    else:
        rows, notices = choose_rows(source, fields, tables)
        facts, tensors = prepare_fields(source, fields, tables, rows, log)
        made = Made(facts, tensors, rows, {part: len(numbers) for part, (_, numbers) in rows.items()}, notices)
    known = Facts(origin=choice.index, fields=made.facts, counts=made.counts, fingerprint=choice.located.fingerprint)
    numbered = {f"rows.{part}": torch.from_numpy(numbers) for part, (_, numbers) in made.rows.items()}
    origins = {part: own for part, (own, _) in made.rows.items()}
    return numbered | made.tensors, {
        "facts": known.model_dump_json(),
        "notices": [*tables["train"].notices, *made.notices],
        "rows": origins,
    }


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
    for part in PARTS:
        if part in tables and part not in rows and len(usable[part]):
            rows[part] = (part, usable[part])
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


def prepare_fields(
    source: Source, fields: list[Field], tables: Tables, rows: Rows, log: Log
) -> tuple[dict[str, FieldFacts], dict[str, Tensor]]:
    """Prepare every field; one that goes along another comes after it, since it is cut to the same steps."""
    facts: dict[str, FieldFacts] = {}
    tensors: dict[str, Tensor] = {}
    for item in sorted(fields, key=lambda item: item.meaning.along is not None):
        if item.meaning.kind in TIMED:
            facts[item.name], columns = prepare_timed(item, source, tables, rows, log, facts, tensors)
            tensors |= {f"{part}.{name}": values for part, found in columns.items() for name, values in found.items()}
        else:
            facts[item.name], prepared = prepare_field(item, tables, rows, log)
            tensors |= {f"{part}.{item.name}": values for part, values in prepared.items()}
    return {item.name: facts[item.name] for item in fields}, tensors


def prepare_timed(
    item: Field,
    source: Source,
    tables: Tables,
    rows: Rows,
    log: Log,
    facts: dict[str, FieldFacts],
    tensors: dict[str, Tensor],
) -> tuple[FieldFacts, dict[Part, dict[str, Tensor]]]:
    """Prepare a text or a sequence, after the fields in ``facts``."""
    if item.meaning.kind == "text":
        return prepare_text(item, source, tables, rows, log, facts)
    if item.meaning.along is None:
        return prepare_sequence(item, source, tables, rows, None)
    if item.meaning.along not in facts:
        reason = f'The field "{item.name}" goes along "{item.meaning.along}", and there is no such text or sequence.'
        raise DataError(reason, "Choose a field of this source.")
    lengths = {part: tensors[f"{part}.{item.meaning.along}{LENGTHS}"] for part in rows}
    return prepare_sequence(item, source, tables, rows, lengths)


def prepare_field(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    """Prepare one field without a time axis in all parts. What is fitted is fitted on the training part."""
    kinds = {
        "image": _prepare_images,
        "mask": _prepare_masks,
        "category": _prepare_classes,
        "vector": _prepare_numbers,
        "number": _prepare_numbers,
    }
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


def _prepare_masks(item: Field, tables: Tables, rows: Rows, log: Log) -> Prepared:
    own, train = rows["train"]
    table = tables[own]
    classes, ignored = table.classes[item.columns[0]], table.ignored.get(item.columns[0])
    size = measure_image(item, table, train)[1:]
    dtype = item.meaning.dtype or ("float32" if len(classes) == 2 and ignored is None else "int64")
    total = sum(len(numbers) for _, numbers in rows.values())
    check_size(item, total, (1, *size))
    shape = (1, *size) if dtype == "float32" else size
    facts = FieldFacts(kind="mask", dtype=dtype, shape=shape, classes=classes, ignored=ignored)
    preparation = describe_preparation(item.meaning, facts)
    step = lambda count: log("decoding masks", count / total)  # noqa: E731
    read = {part: read_masks(item, tables[own], numbers, size, step) for part, (own, numbers) in rows.items()}
    pixels = read["train"].numpy().reshape(-1)
    said = pixels if ignored is None else pixels[pixels != ignored]
    facts = facts.model_copy(update=count_classes(item.meaning, classes, said))
    return facts, {part: preparation.number_pixels(numbers).contiguous() for part, numbers in read.items()}


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
    facts = facts.model_copy(update=count_classes(item.meaning, classes, read["train"]))
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
