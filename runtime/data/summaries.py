"""What the columns of a table look like: how many values are missing and different, and how they are spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.data.tables import ImageColumn, Table, is_number_type

MOST_JUDGED = 1_000_000
"""Rows by which a column is judged; of a longer table as many at equal distances."""
NUM_BARS = 16
"""Bars of a small histogram, and the most frequent values that are shown."""
NUM_TEXTS = 5_000
"""Texts of which the words are counted."""
LEAST_WORDS = 3.0
"""Texts of fewer words are names."""
LONGEST = 60
"""Of a value so many characters are shown."""

Counts = tuple[int, ...]
Bars = tuple[Any, ...]


@dataclass(frozen=True)
class Summary:
    """What a column looks like.

    Attributes:
        holds: ``image``, ``number``, ``truth``, ``date``, ``text`` or ``other``, such as lists.
        missing: cells without a value, of all rows.
        present: cells with a value among those that were judged, and ``distinct`` the different ones of these.
        counts: how often a value lies in each bar, or the most frequent values, the most frequent first.
        bars: the bounds of the bars of numbers and dates, one more than counts; the values themselves of others.
        examples: some values of a text.
        words: the mean number of words of a text. Texts that differ are counted by their words.
        is_rising: whether no value is below the one before.
        is_whole: whether all numbers are whole.
    """

    column: str
    holds: str
    missing: int = 0
    present: int = 0
    distinct: int = 0
    counts: tuple[int, ...] = ()
    bars: tuple[Any, ...] = ()
    examples: tuple[Any, ...] = ()
    words: float = 0.0
    is_rising: bool = False
    is_whole: bool = False


def summarize(table: Table, column: str) -> Summary:
    """Look at one column."""
    if table.is_image(column):
        values = table.columns[column]
        missing = int(values.find_missing().sum()) if isinstance(values, ImageColumn) else 0
        return Summary(column, "image", missing, len(table) - missing)
    try:
        cells = table.to_arrow(column)
    except TypeError:  # several numbers a row
        return Summary(column, "other", 0, len(table))
    holds = find_holds(cells.type)
    if holds == "number" and pa.types.is_floating(cells.type):
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))
    missing = cells.null_count
    judged = thin(cells).drop_null()
    if holds == "other" or not len(judged):
        return Summary(column, holds, missing, len(judged))
    distinct, counts, bars = count(judged, holds, table.classes.get(column))
    words, examples = measure_words(judged) if holds == "text" else 0.0, bars[:3] if holds in ("text", "truth") else ()
    if words >= LEAST_WORDS and 2 * distinct > len(judged):
        counts, bars = count_bars(count_words(thin(judged, NUM_TEXTS)))
    return Summary(
        column,
        holds,
        missing,
        len(judged),
        distinct,
        counts,
        bars,
        examples,
        words=words,
        is_rising=holds in ("number", "date") and is_rising(judged),
        is_whole=holds == "number" and is_whole(judged),
    )


def count(cells: pa.ChunkedArray, holds: str, names: tuple[str, ...] | None) -> tuple[int, Counts, Bars]:
    """How many values are different, and how often they lie in each bar or are each of the most frequent ones."""
    counted = pa.chunked_array([cells.value_counts()])
    distinct = len(counted)
    if holds in ("number", "date") and not names:
        return distinct, *count_bars(cells)
    counts, bars = count_values(counted)
    return distinct, counts, tuple(names[bar] for bar in bars) if names else bars


def find_holds(kind: pa.DataType) -> str:
    """What cells of an Arrow type hold."""
    if pa.types.is_boolean(kind):
        return "truth"
    if is_number_type(kind) or pa.types.is_decimal(kind):
        return "number"
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return "date"
    return "text" if pa.types.is_string(kind) or pa.types.is_large_string(kind) else "other"


def thin(cells: pa.ChunkedArray, most: int = MOST_JUDGED) -> pa.ChunkedArray:
    """So many cells at equal distances, or all of them."""
    if len(cells) <= most:
        return cells
    return cells.take(pa.array(np.linspace(0, len(cells) - 1, most).astype(np.int64)))


def as_plain_numbers(cells: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers, or dates as microseconds, as an array."""
    if not (is_number_type(cells.type) or pa.types.is_decimal(cells.type)):
        cells = pc.cast(pc.cast(cells, pa.timestamp("us"), safe=False), pa.int64())
    return np.asarray(pc.cast(cells, pa.float64(), safe=False).to_numpy())


def count_bars(cells: pa.ChunkedArray) -> tuple[Counts, Bars]:
    """A histogram: how many values lie in each of some equally wide bars, and their bounds."""
    numbers = as_plain_numbers(cells)
    counts, bounds = np.histogram(numbers, bins=NUM_BARS)
    if is_number_type(cells.type) or pa.types.is_decimal(cells.type):
        return tuple(counts.tolist()), tuple(bounds.tolist())
    return tuple(counts.tolist()), tuple(np.array(bounds, dtype="datetime64[us]").tolist())


def count_values(counted: pa.ChunkedArray) -> tuple[Counts, Bars]:
    """The most frequent values and how often each occurs."""
    values, counts = (
        pa.chunked_array([chunk.field(name) for chunk in counted.chunks]) for name in ("values", "counts")
    )
    numbers = counts.to_numpy()
    order = np.argsort(-numbers, kind="stable")[:NUM_BARS]
    shown = values.take(pa.array(order)).to_pylist()
    return tuple(numbers[order].tolist()), tuple(v[:LONGEST] if isinstance(v, str) else v for v in shown)


def measure_words(texts: pa.ChunkedArray) -> float:
    """The mean number of words of some thousand texts."""
    return float(pc.mean(count_words(thin(texts, NUM_TEXTS))).as_py())


def count_words(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """How many words each text has."""
    return pc.count_substring_regex(texts, r"\S+")


def is_rising(cells: pa.ChunkedArray) -> bool:
    """Whether values never fall, and do rise."""
    numbers = as_plain_numbers(cells)
    return bool(len(numbers) > 1 and (np.diff(numbers) >= 0).all() and numbers[-1] > numbers[0])


def is_whole(cells: pa.ChunkedArray) -> bool:
    """Whether all numbers are whole."""
    numbers = as_plain_numbers(cells)
    return bool((numbers == np.round(numbers)).all())
