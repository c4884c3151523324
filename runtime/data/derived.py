"""Columns of numbers that are made of others: the parts of a date, and whether a category is a certain one.

They are asked for by name, ``sold: month`` or ``home = rent``, and stand in a source like any other column.
"""

from __future__ import annotations

from collections.abc import Callable, Container

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from runtime.data.errors import DataError
from runtime.data.tables import Array

DAY_MICROSECONDS = 86_400_000_000
OF_DATE, EQUALS = ": ", " = "


def _count_days(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.divide(pc.cast(pc.cast(moments, pa.int64()), pa.float64(), safe=False), float(DAY_MICROSECONDS))


DATE_PARTS: dict[str, Callable[[pa.ChunkedArray], pa.ChunkedArray]] = {
    "days": _count_days,
    "year": pc.year,
    "month": pc.month,
    "day": pc.day,
    "weekday": pc.day_of_week,
    "hour": pc.hour,
}
"""What a date gives, as numbers: days since 1970, the weekday from 0 for Monday on, and what calendars and clocks say."""


def name_part(column: str, part: str) -> str:
    """What a part of a date is called."""
    return f"{column}{OF_DATE}{part}"


def name_value(column: str, value: str) -> str:
    """What the numbers are called that are 1 where a category has that value."""
    return f"{column}{EQUALS}{value}"


def split_name(name: str, columns: Container[str]) -> tuple[str, str, str] | None:
    """Column, mark and part or value of a derived column's name; None where it is none of these columns."""
    for mark in (OF_DATE, EQUALS):
        place = name.find(mark)
        while place >= 0:
            if name[:place] in columns and (mark == EQUALS or name[place + len(mark) :] in DATE_PARTS):
                return name[:place], mark, name[place + len(mark) :]
            place = name.find(mark, place + 1)
    return None


def derive(cells: pa.ChunkedArray, column: str, mark: str, what: str) -> Array:
    """The numbers of a derived column by its name's pieces; what is missing is no number. Raises DataError for no dates."""
    if mark == EQUALS:
        return as_numbers(pc.equal(pc.cast(cells, pa.string()), what))
    if not pa.types.is_temporal(cells.type):
        raise DataError(f'The column "{column}" holds no dates, so it has no {what}.')
    return as_numbers(DATE_PARTS[what](pc.cast(cells, pa.timestamp("us"), safe=False)))


def as_numbers(values: pa.ChunkedArray) -> Array:
    """Numbers of Arrow as an array."""
    return np.asarray(pc.cast(values, pa.float64()).to_numpy())
