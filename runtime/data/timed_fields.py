"""Prepares fields with a time axis: texts, and lists of names or numbers. Shorter rows are filled up with zeros."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import torch
from torch import Tensor

from builder.columns import time_axis
from builder.document import FieldFacts, Source, TextMeaning
from builder.fields import describe_preparation
from builder.parts.columns import LENGTHS, NEXT
from builder.parts.tokenizing import PAD, Tokenizer
from runtime.data.errors import DataError
from runtime.data.fields import Field, Tables, name_value
from runtime.data.fitting import count_classes, fit_numbers
from runtime.data.made import Log, Rows
from runtime.data.splits import Part
from runtime.data.tables import Array, Table
from runtime.data.vocabulary import encode_all, fit_tokenizer

Prepared = tuple[FieldFacts, dict[Part, dict[str, Tensor]]]
"""What is known of a field, and its tensors by part and column."""
MOST_CELLS = 2**31
"""Numbers of one padded field, 16 GiB of them."""


def prepare_text(
    item: Field, source: Source, tables: Tables, rows: Rows, log: Log, done: Mapping[str, FieldFacts]
) -> Prepared:
    """Texts as numbers: what stands for which is learned from the training part, or is that of the field it shares with."""
    meaning = item.meaning.text or TextMeaning()
    texts = {part: read_texts(item, tables[own], numbers) for part, (own, numbers) in rows.items()}
    tokenizer = find_tokenizer(item, meaning, texts["train"], done)
    total, before, ids = sum(map(len, texts.values())), 0, {}
    for part, found in texts.items():
        ids[part] = encode_all(found, tokenizer, lambda n, b=before: log("reading texts", (b + n) / total))  # type: ignore[misc]
        before += len(found)
    facts = FieldFacts(
        kind="text",
        dtype="int64",
        shape=(time_axis(source, item.name),),
        vocabulary=len(tokenizer),
        tokenizer=tokenizer,
    )
    tensors = {part: pad_columns(item, numbers) for part, numbers in ids.items()}
    if meaning.next:
        for columns in tensors.values():
            columns[item.name + NEXT] = shift(columns[item.name])
    return facts, tensors


def find_tokenizer(
    item: Field, meaning: TextMeaning, texts: Sequence[Any], done: Mapping[str, FieldFacts]
) -> Tokenizer:
    """The tokenizer of the field that is shared with, in this field's manner; else one that is fitted."""
    if meaning.shares is None:
        return fit_tokenizer(texts, meaning)
    known = done.get(meaning.shares)
    if known is None or known.tokenizer is None:
        reason = f'The field "{item.name}" shares the tokens of "{meaning.shares}", and no text of that name stands before it.'
        raise DataError(reason, "Put the field whose tokens are shared first, or let this one have its own.")
    first = known.tokenizer
    return Tokenizer(
        first.tokens, first.vocabulary, first.merges, first.lower, meaning.marks, meaning.longest, meaning.cut
    )


def read_texts(item: Field, table: Table, rows: Array) -> list[Any]:
    """The texts of some rows; a list of words is kept as one."""
    cells = np.asarray(table.columns[item.columns[0]])[rows].tolist()
    return [
        [str(word) for word in cell] if isinstance(cell, list | tuple | np.ndarray) else str(cell) for cell in cells
    ]


def shift(ids: Tensor) -> Tensor:
    """What comes after every step: (N, L), with padding at the end."""
    return torch.cat([ids[:, 1:], torch.full_like(ids[:, :1], PAD)], dim=1)


def pad_columns(item: Field, rows: Sequence[Any]) -> dict[str, Tensor]:
    """Rows as one tensor (N, L) of whole numbers, filled with zeros, and the number of steps of each (N)."""
    lengths = torch.tensor([len(row) for row in rows], dtype=torch.int64)
    longest = int(lengths.max())
    check_room(item, len(rows) * longest)
    flat = torch.from_numpy(np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=int(lengths.sum())))
    padded = torch.full((len(rows), longest), PAD, dtype=torch.int64)
    padded[torch.arange(longest) < lengths.unsqueeze(1)] = flat
    return {item.name: padded, item.name + LENGTHS: lengths}


def check_room(item: Field, cells: int) -> None:
    """Raise DataError where the padded field would need too much memory, before any is taken."""
    if cells > MOST_CELLS:
        reason = f'The field "{item.name}" would need {cells * 8 / 2**30:.0f} GiB, since all rows are filled up to the longest.'
        raise DataError(reason, 'Give it a smaller "longest" or limit the number of samples.')


def prepare_sequence(
    item: Field, source: Source, tables: Tables, rows: Rows, lengths: Mapping[Part, Tensor] | None
) -> Prepared:
    """Lists of names or of numbers. ``lengths`` are those of the field that this one goes along, by part."""
    lists = {part: read_lists(item, tables[own], numbers) for part, (own, numbers) in rows.items()}
    if lengths is not None:
        lists = {part: fit_along(item, found, lengths[part]) for part, found in lists.items()}
    axis = time_axis(source, item.name)
    first = next((value for row in lists["train"] for value in row), None)
    named = tables[rows["train"][0]].classes.get(item.columns[0])
    if named or isinstance(first, str):
        facts, tensors = prepare_names(item, lists, named, axis)
    else:
        facts, tensors = prepare_vectors(item, lists, axis)
    if lengths is not None:
        tensors = {part: {item.name: columns[item.name]} for part, columns in tensors.items()}
    return facts, tensors


def fit_along(item: Field, lists: list[list[Any]], lengths: Tensor) -> list[list[Any]]:
    """Cut each row to the steps that the other field kept. Raises DataError where a row has fewer."""
    for row, (values, steps) in enumerate(zip(lists, lengths.tolist(), strict=True)):
        if len(values) < steps:
            reason = (
                f'Row {row + 1}: the field "{item.name}" has {len(values)} steps and "{item.meaning.along}" {steps}.'
            )
            raise DataError(reason, "Both need one for each step.")
    return [values[:steps] for values, steps in zip(lists, lengths.tolist(), strict=True)]


def read_lists(item: Field, table: Table, rows: Array) -> list[list[Any]]:
    """The lists of some rows. Raises DataError where a cell holds something else."""
    cells = np.asarray(table.columns[item.columns[0]])[rows].tolist()
    for row, cell in zip(rows, cells, strict=True):
        if not isinstance(cell, list | tuple | np.ndarray) or not len(cell):
            reason = f'The field "{item.name}" holds a list a row, but row {row + 1} holds {str(cell)[:60]!r}.'
            raise DataError(reason, "Leave the row out, or let the field be something else.")
    return [list(cell) for cell in cells]


def prepare_names(
    item: Field, lists: Mapping[Part, list[list[Any]]], named: tuple[str, ...] | None, axis: str
) -> Prepared:
    """Lists of names as lists of class numbers."""
    if named:
        classes, numbered = named, {part: [[int(v) for v in row] for row in found] for part, found in lists.items()}
    else:
        classes = tuple(sorted({name_value(v) for found in lists.values() for row in found for v in row}))
        numbers = {name: number for number, name in enumerate(classes)}
        numbered = {part: [[numbers[name_value(v)] for v in row] for row in found] for part, found in lists.items()}
    counts = count_classes(item.meaning, classes, np.asarray([number for row in numbered["train"] for number in row]))
    facts = FieldFacts(kind="sequence", dtype="int64", shape=(axis,), classes=classes, **counts)
    return facts, {part: pad_columns(item, found) for part, found in numbered.items()}


def prepare_vectors(item: Field, lists: Mapping[Part, list[list[Any]]], axis: str) -> Prepared:
    """Lists of numbers, or of lists of the same number of numbers, scaled as the training part says."""
    try:
        read = {
            part: [np.asarray(row, np.float64).reshape(len(row), -1) for row in rows] for part, rows in lists.items()
        }
        steps = {part: np.concatenate(found) for part, found in read.items()}
    except (TypeError, ValueError) as error:
        reason = f'The field "{item.name}" holds lists of numbers that do not fit together: {error}.'
        raise DataError(reason, "Every step needs the same number of numbers.") from error
    width = steps["train"].shape[1]
    facts = FieldFacts(
        kind="sequence", dtype=item.meaning.dtype or "float32", shape=(axis, width),
        columns=tuple(f"{item.columns[0]} {place + 1}" for place in range(width)),
    ).model_copy(update=fit_numbers(steps["train"], item.meaning.scaling))  # fmt: skip
    how = describe_preparation(item.meaning, facts)
    tensors = {}
    for part, found in read.items():
        lengths = torch.tensor([len(row) for row in found], dtype=torch.int64)
        scaled = how.scale(torch.from_numpy(steps[part]))
        check_room(item, len(found) * int(lengths.max()) * width)
        padded = scaled.new_zeros(len(found), int(lengths.max()), width)
        padded[torch.arange(padded.shape[1]) < lengths.unsqueeze(1)] = scaled
        tensors[part] = {item.name: padded, item.name + LENGTHS: lengths}
    return facts, tensors


def read_timed(item: Field, table: Table, row: int) -> Any:
    """One row of a text or of a sequence as a person would give it: a text, a list of words, names or numbers."""
    rows = np.array([row])
    if item.meaning.kind == "text":
        return read_texts(item, table, rows)[0]
    named = table.classes.get(item.columns[0])
    return [named[int(value)] if named else value for value in read_lists(item, table, rows)[0]]
