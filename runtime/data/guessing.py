"""What a column of text holds: numbers, dates or truth values, judged by all of its cells."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from runtime.data.cells import (
    AMBIGUOUS,
    BY_BLANK_COMMA,
    BY_COMMA,
    BY_DOT,
    COMMA,
    NUMBERS,
    PLAIN,
    STYLES,
    WHOLE,
    Style,
    fits,
)

LEAST_FITTING = 0.95
"""Of a column's cells so many are numbers, or dates, where it is read as such; the others are told and count as missing."""
NUM_SUSPECTED = 1_000
"""Cells after which it is decided what a column cannot be."""
CODE = r"^0\d+$"
"""A number that begins with 0 is a code, such as that of a town: as a number it would be another one."""


@dataclass
class ColumnGuess:
    """What is known of one column while its cells go by.

    Attributes:
        present: cells that are not missing.
        counts: of these, how many are written in each way that is still possible.
        has_codes: whether some begin with 0 as no number does.
    """

    present: int = 0
    counts: dict[Style, int] = field(default_factory=dict)
    has_codes: bool = False

    def look(self, cells: pa.Array) -> None:
        """Look at cleaned cells of text."""
        present = len(cells) - cells.null_count
        if not present:
            return
        if not self.present:
            self.counts = dict.fromkeys(suspect_styles(cells.drop_null()[:NUM_SUSPECTED]), 0)
        self.present += present
        counted = self._count_likely(cells, present)
        for style, count in self.counts.items():
            self.counts[style] = count + counted[style]
        self.counts = {style: count for style, count in self.counts.items() if count >= self.present / 2}
        if WHOLE in self.counts and not self.has_codes:
            self.has_codes = bool(pc.any(pc.match_substring_regex(cells, CODE)).as_py())

    def _count_likely(self, cells: pa.Array, present: int) -> dict[Style, int]:
        """How many cells are written in each way. Where all are plain numbers, they are numbers in every other way, too."""
        counted = dict.fromkeys(self.counts, present)
        likeliest = next((style for style in (WHOLE, PLAIN) if style in self.counts), None)
        if likeliest is WHOLE:
            counted[WHOLE] = count_fitting(cells, WHOLE)
        if PLAIN in self.counts and (likeliest is PLAIN or counted[WHOLE] < present):
            counted[PLAIN] = count_fitting(cells, PLAIN)
            asked = [BY_DOT] if counted[PLAIN] == present else [s for s in self.counts if s not in (WHOLE, PLAIN)]
            return counted | {style: count_fitting(cells, style) for style in asked if style in counted}
        return counted if likeliest else {style: count_fitting(cells, style) for style in self.counts}

    def choose(self, has_decimal_commas: bool) -> Style | None:
        """The way in which the column is written; None where it is text.

        ``has_decimal_commas`` decides what 1,234 and 1.234 are, which may be either.
        """
        likely = [style for style, count in self.counts.items() if count >= LEAST_FITTING * self.present]
        if not likely or (self.has_codes and likely[0] in NUMBERS):
            return None
        best = max(likely, key=self._count)
        other = {COMMA: None if has_decimal_commas else BY_COMMA, PLAIN: BY_DOT if has_decimal_commas else None}.get(
            best
        )
        return other if other and self._count(other) == self._count(best) else best

    def find_rival(self, style: Style) -> Style | None:
        """The order of day and month in which all cells could be read as well, with another meaning."""
        if style not in AMBIGUOUS:
            return None
        rivals = (rival for rival in AMBIGUOUS if rival is not style)
        return next((rival for rival in rivals if self._count(rival) == self._count(style)), None)

    @property
    def shows_commas(self) -> bool:
        """Whether the column holds numbers such as 1,5, which have no other meaning."""
        return max(map(self._count, (COMMA, BY_DOT, BY_BLANK_COMMA))) > max(map(self._count, (PLAIN, BY_COMMA)))

    @property
    def shows_points(self) -> bool:
        """Whether the column holds numbers such as 1.5, which have no other meaning."""
        return self._count(PLAIN) > max(map(self._count, (WHOLE, COMMA, BY_DOT)))

    def _count(self, style: Style) -> int:
        return self.counts.get(style, 0)


def count_fitting(cells: pa.Array, style: Style) -> int:
    """How many cells are written so."""
    return int(pc.sum(fits(cells, style)).as_py() or 0)


def suspect_styles(cells: pa.Array) -> list[Style]:
    """The ways in which half of the cells are written, in their order; whole numbers may be written in every way."""
    whole = count_fitting(cells, WHOLE)
    if whole == len(cells):
        return list(NUMBERS)
    is_number = 2 * max(whole, count_fitting(cells, PLAIN)) >= len(cells)
    return [style for style in (NUMBERS if is_number else STYLES) if 2 * count_fitting(cells, style) >= len(cells)]
