"""Rows that follow each other in time, cut into samples. No value of the future reaches the past.

The parts follow each other: training first, then validation, then the test. What is fitted is fitted on the rows of the
training part. A sample's target lies inside its own part; what comes before it may reach back into the part before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from builder.columns import has_next
from builder.document import FieldFacts, Source, TextMeaning, Windows
from builder.fields import describe_preparation
from builder.parts.columns import NEXT
from runtime.data.errors import DataError
from runtime.data.fields import Field, Tables, find_classes, read_classes, read_numbers
from runtime.data.fitting import count_classes, fit_numbers
from runtime.data.made import Log, Made, Rows
from runtime.data.naive import measure_naive_errors
from runtime.data.splits import PARTS, Part, bound_fold, count_rows
from runtime.data.tables import Array, Table
from runtime.data.vocabulary import fit_tokenizer


def order_table(table: Table, column: str | None) -> Array:
    """The order of one table's rows."""
    if column is None:
        return np.arange(len(table))
    if column not in table.columns:
        raise DataError(f'The rows are to be in the order of "{column}", and there is no such column.')
    values = pd.Series(np.asarray(table.columns[column]).tolist())
    times = pd.to_numeric(values, errors="coerce")
    times = pd.to_datetime(values, errors="coerce", format="mixed") if times.isna().any() else times
    if times.isna().any():
        row = int(np.flatnonzero(times.isna())[0])
        reason = (
            f'Row {row + 1} of "{column}" holds {str(values.iloc[row])[:40]!r}, which is neither a date nor a number.'
        )
        raise DataError(reason, "Correct the row, or choose another column for the order.")
    return np.argsort(times.to_numpy(), kind="stable")


def divide_in_time(source: Source, sizes: Mapping[str, int]) -> dict[Part, tuple[str, int, int]]:
    """Where every part begins and ends in its table, with the rows before it that its first samples look back at.

    Raises:
        DataError: the training part is shorter than one window with its target, or than the folds need.
    """
    windows = source.windows or Windows()
    reach = windows.horizon if windows.each else windows.length
    left = sizes["train"]
    parts: dict[Part, tuple[str, int, int]] = {}
    wanted: tuple[tuple[Part, float], ...] = (("test", source.split.test), ("validation", source.split.validation))
    for part, fraction in wanted[: 1 if source.split.fold else 2]:
        size = count_rows(sizes["train"], fraction, left) if part not in sizes else 0
        if size:
            parts[part] = ("train", max(0, left - size - reach), left)
            left -= size
    parts |= {part: (part, 0, sizes[part]) for part in PARTS if part in sizes}
    if source.split.fold:
        left, stop = bound_fold(left, source.split.fold, in_time=True)
        parts["validation"] = ("train", max(0, left - reach), stop)
    parts["train"] = ("train", 0, left)
    needed = windows.length + windows.horizon
    if left < needed:
        reason = f"The training part has {left:,} rows, and one window with its target needs {needed:,}."
        raise DataError(reason, "Make the windows shorter, or bring more rows.")
    return {part: parts[part] for part in PARTS if part in parts and parts[part][2] - parts[part][1] >= needed}


def count_windows(windows: Windows, rows: int) -> int:
    """How many samples so many rows give."""
    return max(0, (rows - windows.length - windows.horizon) // windows.stride + 1)


def cut_windows(source: Source, streams: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The samples of one part: for each field (N, length, ...), and what comes next. Views, which take no memory.

    Args:
        source: with windows.
        streams: by field, (rows, ...), all in the order of time.
    """
    windows = source.windows or Windows()
    size, step, ahead = windows.length, windows.stride, windows.horizon
    count = count_windows(windows, len(next(iter(streams.values()))))
    columns = {}
    for name, rows in streams.items():
        columns[name] = unfold(rows, 0, size, step, count)
        if has_next(source, name):
            start = ahead if windows.each else size
            columns[name + NEXT] = unfold(rows, start, size if windows.each else ahead, step, count)
    return columns


def unfold(rows: Tensor, start: int, size: int, step: int, count: int) -> Tensor:
    """``count`` stretches of ``size`` rows, each ``step`` rows after the one before: (count, size, ...)."""
    strides = rows.stride()
    shape = (count, size, *rows.shape[1:])
    return rows.as_strided(shape, (step * strides[0], *strides), rows.storage_offset() + start * strides[0])


def make_windows(source: Source, fields: list[Field], tables: Tables, log: Log) -> Made:
    """Prepare the rows that windows are cut from. Raises DataError where they make no samples."""
    check_fields(source, fields)
    if fields[0].meaning.kind == "text":
        return make_text_windows(source, fields[0], tables, log)
    windows = source.windows or Windows()
    ordered = {name: order_table(table, windows.order)[: source.limit] for name, table in tables.items()}
    places = divide_in_time(source, {name: len(rows) for name, rows in ordered.items()})
    notices: list[str] = []
    streams = {item.name: {name: read_stream(item, tables, name, ordered[name], notices) for name in tables}
               for item in fields}  # fmt: skip
    first = {own: max(find_start(streams[item.name][own]) for item in fields) for own in tables}
    places = {part: (own, max(start, first[own]), stop) for part, (own, start, stop) in places.items()}
    facts: dict[str, FieldFacts] = {}
    tensors: dict[str, Tensor] = {}
    for item in fields:
        facts[item.name], prepared = prepare_stream(item, tables, streams[item.name], places, windows)
        tensors |= {f"{part}.{item.name}": values for part, values in prepared.items()}
    rows: Rows = {part: (own, ordered[own][start:stop]) for part, (own, start, stop) in places.items()}
    counts = {part: count_windows(windows, len(numbers)) for part, (_, numbers) in rows.items()}
    return Made(facts, tensors, rows, check_counts(counts), notices)


def check_fields(source: Source, fields: list[Field]) -> None:
    """Raise DataError where windows cannot be cut out of these fields."""
    kinds = {item.meaning.kind for item in fields}
    if kinds - {"text", "vector", "number", "category"} or ("text" in kinds and len(fields) > 1):
        reason = "Windows are cut out of columns of numbers and categories, or out of one text."
        raise DataError(reason, "Leave the other fields out, or take the windows away.")
    unknown = [name for name in (source.windows or Windows()).targets if name not in source.fields]
    if unknown:
        reason = f'The windows have "{unknown[0]}" as a target, and the source has no such field.'
        raise DataError(reason, f"Its fields are {', '.join(source.fields)}.")


def check_counts(counts: dict[Part, int]) -> dict[Part, int]:
    """The counts. Raises DataError where the training part has no sample."""
    if counts.get("train", 0) < 1:
        reason = "The rows with values in every column are too few for one window with its target."
        raise DataError(reason, "Make the windows shorter.")
    return counts


def read_stream(item: Field, tables: Tables, own: str, rows: Array, notices: list[str]) -> Array:
    """One field's values in the order of time; gaps are filled with the value before, so that no later one is seen."""
    if item.meaning.kind == "category":
        return read_classes(item, tables[own], rows, find_classes(item, tables)).reshape(-1, 1)
    numbers = read_numbers(item, tables[own], rows)
    gaps = int((~np.isfinite(numbers)).any(axis=1).sum())
    if gaps:
        notices.append(f"{gaps:,} of {len(rows):,} rows miss a value of {item.name}: the value before it stands in.")
    return np.asarray(pd.DataFrame(numbers).replace([np.inf, -np.inf], np.nan).ffill().to_numpy())


def find_start(stream: Array) -> int:
    """The first row from which on there is a value in every column."""
    complete = np.isfinite(stream).all(axis=1)
    return int(complete.argmax()) if complete.any() else len(stream)


def prepare_stream(
    item: Field,
    tables: Tables,
    streams: Mapping[str, Array],
    places: Mapping[Part, tuple[str, int, int]],
    windows: Windows,
) -> tuple[FieldFacts, dict[Part, Tensor]]:
    """Scale one field's rows as the training part's rows say: (rows, columns), or (rows) for categories."""
    read = {part: streams[own][start:stop] for part, (own, start, stop) in places.items()}
    if item.meaning.kind == "category":
        classes = find_classes(item, tables)
        counts = count_classes(item.meaning, classes, read["train"][:, 0])
        facts = FieldFacts(kind="category", dtype="int64", shape=(windows.length,), classes=classes, **counts)
        return facts, {part: torch.from_numpy(values[:, 0].astype(np.int64)) for part, values in read.items()}
    width = read["train"].shape[1]
    columns = item.columns if len(item.columns) == width else tuple(f"{item.name} {i + 1}" for i in range(width))
    facts = FieldFacts(
        kind=item.meaning.kind, dtype=item.meaning.dtype or "float32", shape=(windows.length, width), columns=columns
    ).model_copy(update=fit_numbers(read["train"], item.meaning.scaling))
    how = describe_preparation(item.meaning, facts)
    scaled = {part: how.scale(torch.from_numpy(values.copy())) for part, values in read.items()}
    if item.name in windows.targets:
        facts = facts.model_copy(update={"naive_errors": measure_naive_errors(scaled["train"])})
    return facts, scaled


def make_text_windows(source: Source, item: Field, tables: Tables, log: Log) -> Made:
    """One long text as numbers, cut into parts one after the other; the tokens are those of the training part."""
    windows, meaning = source.windows or Windows(), item.meaning.text or TextMeaning()
    texts = {name: join_texts(item, table, source.limit) for name, table in tables.items()}
    parts = {part: (own, texts[own][start:stop]) for part, (own, start, stop) in cut_text(source, texts).items()}
    log("reading texts", 0.0)
    tokenizer = replace(fit_tokenizer([parts["train"][1]], meaning), longest=None, marks=False)
    tensors = {}
    for number, (part, (_, text)) in enumerate(parts.items()):
        log("reading texts", number / len(parts))
        tensors[f"{part}.{item.name}"] = torch.tensor(tokenizer.encode(text), dtype=torch.int64)
    counts = {part: count_windows(windows, len(tensors[f"{part}.{item.name}"])) for part in parts}
    kept = [part for part in parts if counts[part]]
    facts = FieldFacts(
        kind="text", dtype="int64", shape=(windows.length,), vocabulary=len(tokenizer), tokenizer=tokenizer
    )
    rows: Rows = {part: (parts[part][0], np.arange(counts[part])) for part in kept}
    tensors = {f"{part}.{item.name}": tensors[f"{part}.{item.name}"] for part in kept}
    return Made({item.name: facts}, tensors, rows, check_counts({part: counts[part] for part in kept}))


def join_texts(item: Field, table: Table, limit: int | None) -> str:
    """All texts of a table as one, a line each."""
    cells = np.asarray(table.columns[item.columns[0]]).tolist()[:limit]
    return "\n".join(str(cell) for cell in cells if cell is not None)


def cut_text(source: Source, texts: Mapping[str, str]) -> dict[Part, tuple[str, int, int]]:
    """Where every part begins and ends in its text, in characters."""
    total = left = len(texts["train"])
    parts: dict[Part, tuple[str, int, int]] = {}
    wanted: tuple[tuple[Part, float], ...] = (("test", source.split.test), ("validation", source.split.validation))
    for part, fraction in wanted[: 1 if source.split.fold else 2]:
        if part not in texts and (size := count_rows(total, fraction, left)):
            parts[part] = ("train", left - size, left)
            left -= size
    parts |= {part: (part, 0, len(texts[part])) for part in PARTS if part in texts}
    if source.split.fold:
        left, stop = bound_fold(left, source.split.fold, in_time=True)
        parts["validation"] = ("train", left, stop)
    parts["train"] = ("train", 0, left)
    return {part: parts[part] for part in PARTS if part in parts}
