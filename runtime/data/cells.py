"""How cells of text are written: what stands for no value, and the ways of writing numbers, dates and truth values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

MISSING = (
    "",
    "NA",
    "N/A",
    "n/a",
    "NaN",
    "nan",
    "null",
    "NULL",
    "None",
    "?",
    "-",
    "#N/A",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
)
"""What stands for no value, as spreadsheets and pandas write it."""
EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
DAY, MONTH, YEAR = r"(?P<day>0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"\d{4}"
CLOCKS = {"": "", " %H:%M": r" \d{1,2}:\d{2}", " %H:%M:%S": r" \d{1,2}:\d{2}:\d{2}"}
ORDERS = {
    "%Y/%m/%d": ("year/month/day", f"{YEAR}/{MONTH}/{DAY}"),
    "%Y-%m-%d": ("year-month-day", f"{YEAR}-{MONTH}-{DAY}"),
    "%d.%m.%Y": ("day.month.year", rf"{DAY}\.{MONTH}\.{YEAR}"),
    "%m/%d/%Y": ("month/day/year", f"{MONTH}/{DAY}/{YEAR}"),
    "%d/%m/%Y": ("day/month/year", f"{DAY}/{MONTH}/{YEAR}"),
    "%d-%m-%Y": ("day-month-year", f"{DAY}-{MONTH}-{YEAR}"),
}

Holds = Literal["whole", "number", "date", "truth"]
Read = Callable[[pa.Array], pa.Array]


@dataclass(frozen=True)
class Style:
    """A way of writing values.

    Attributes:
        title: how it is called in a sentence.
        holds: what is written so.
        pattern: what a cell of it looks like.
        read: makes values of cells which all look like that, or are missing.
    """

    title: str
    holds: Holds
    pattern: str = field(repr=False)
    read: Read = field(repr=False, compare=False)


def clean(cells: pa.Array) -> pa.Array:
    """Text without blanks around it; None where it stands for no value."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.is_in(trimmed, pa.array(MISSING, trimmed.type)), None, trimmed)


def fits(cells: pa.Array, style: Style) -> pa.Array:
    """True for every cell that is written so; None for a missing one."""
    return pc.match_substring_regex(cells, style.pattern)


def read_cells(cells: pa.Array, style: Style) -> pa.Array:
    """Values of the cells that are written so; None for the others."""
    return style.read(pc.if_else(fits(cells, style), cells, None))


def _read_floats(remove: str = "", decimal: str = ".") -> Read:
    def read(cells: pa.Array) -> pa.Array:
        if remove:
            cells = pc.replace_substring_regex(cells, remove, "")
        return pc.cast(pc.replace_substring(cells, decimal, ".") if decimal != "." else cells, pa.float64())

    return read


def _read_dates(format: str, pattern: str) -> Read:
    """Dates of a format; days that no calendar has are missing."""

    def read(cells: pa.Array) -> pa.Array:
        moments = pc.strptime(cells, format=format, unit="us", error_is_null=True)
        days = pc.struct_field(pc.extract_regex(cells, pattern), "day")
        return pc.if_else(pc.equal(pc.day(moments), pc.cast(days, pa.int64())), moments, None)

    return read


def _read_iso(cells: pa.Array) -> pa.Array:
    """Dates and times as ISO 8601 writes them; days that no calendar has are missing."""
    days = pc.utf8_slice_codeunits(cells, 0, 10)
    is_day = pc.is_valid(_read_dates("%Y-%m-%d", f"^{ORDERS['%Y-%m-%d'][1]}$")(days))
    return pc.cast(pc.if_else(is_day, cells, None), pa.timestamp("us"))


def _read_zoned(cells: pa.Array) -> pa.Array:
    """Dates and times with a zone, as those of Greenwich."""
    return pc.cast(pc.cast(cells, pa.timestamp("us", "UTC")), pa.timestamp("us"))


def _build_dates() -> tuple[Style, ...]:
    """Every order of day, month and year, with and without a time."""
    iso = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    clock = r"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
    return (
        Style("dates", "date", f"^{iso}(?:{clock})?$", _read_iso),
        Style("dates", "date", rf"^{iso}{clock}(?:Z|[+-]\d{{2}}:?\d{{2}})$", _read_zoned),
        *(
            Style(f"dates ({title})", "date", f"^{order}{digits}$", _read_dates(format + time, f"^{order}{digits}$"))
            for format, (title, order) in ORDERS.items()
            for time, digits in CLOCKS.items()
        ),
    )


WHOLE = Style("whole numbers", "whole", r"^-?\d{1,18}$", lambda cells: pc.cast(cells, pa.int64()))
PLAIN = Style("numbers", "number", rf"^[+-]?(?:\d+\.?\d*|\.\d+){EXPONENT}$", _read_floats())
COMMA = Style("numbers with decimal commas", "number", rf"^[+-]?\d*,\d+{EXPONENT}$|^[+-]?\d+$", _read_floats("", ","))
BY_COMMA = Style(
    "numbers with commas between thousands",
    "number",
    r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^[+-]?\d{1,3}(?:\.\d+)?$",
    _read_floats(","),
)
BY_DOT = Style(
    "numbers with dots between thousands",
    "number",
    r"^[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?$|^[+-]?\d{1,3}(?:,\d+)?$",
    _read_floats(r"\.", ","),
)
BY_BLANK = Style(
    "numbers with blanks or apostrophes between thousands",
    "number",
    r"^[+-]?\d{1,3}(?:[ \x{00A0}\x{202F}'’]\d{3})+(?:\.\d+)?$|^[+-]?\d{1,3}(?:\.\d+)?$",
    _read_floats("[ \u00a0\u202f'’]"),
)
BY_BLANK_COMMA = Style(
    "numbers with blanks between thousands and decimal commas",
    "number",
    r"^[+-]?\d{1,3}(?:[ \x{00A0}\x{202F}'’]\d{3})+(?:,\d+)?$|^[+-]?\d{1,3}(?:,\d+)?$",
    _read_floats("[ \u00a0\u202f'’]", ","),
)
TRUTH = Style("true or false", "truth", "(?i)^(?:true|false)$", lambda cells: pc.equal(pc.utf8_lower(cells), "true"))
DATES = _build_dates()
AMBIGUOUS = tuple(style for style in DATES if style.title in ("dates (month/day/year)", "dates (day/month/year)"))
NUMBERS = (WHOLE, PLAIN, COMMA, BY_COMMA, BY_DOT, BY_BLANK, BY_BLANK_COMMA)
STYLES = (*NUMBERS, TRUTH, *DATES)
