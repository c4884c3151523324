"""How masks say which class a pixel is of: by a number, by a colour, or by being bright."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from builder.parts.mask_pictures import GROUND
from builder.parts.preparation import IGNORED, open_image
from runtime.data.errors import DataError
from runtime.data.tables import Array

NUM_MEASURED = 2_000
"""Masks by which it is judged what classes there are; a class that only another one has is told with its file."""
MOST_GREYS, MOST_COLOURS = 32, 64
"""With more levels of grey the edges of things are soft, or JPEG has blurred them; with more colours nothing can be told."""
SMALL = 64
"""Numbers of classes are smaller; where a grey is not, 255 is one of several greys that are spread, and a class."""
THING = "thing"


@dataclass(frozen=True)
class Codes:
    """What stands in the file of a mask: a number for each pixel (H, W), of a palette, of a grey, or of a colour."""

    name: str
    numbers: Array
    form: str


@dataclass(frozen=True)
class Levels:
    """The numbers that stand for the classes, in the order of the classes, and their names.

    Where there are none, a pixel is of the thing if it is brighter than ``middle``. Pixels of the number ``ignored`` are of
    no class.
    """

    form: str
    numbers: tuple[int, ...]
    classes: tuple[str, ...]
    middle: float = 0.0
    ignored: int | None = None

    def read(self, path: str) -> Array:
        """A mask: 0 and 255 where there is one thing, else the numbers of the classes, and ``ignored``. Raises DataError."""
        codes = read_codes(Path(path), self.form)
        if not self.numbers:
            return np.asarray(codes.numbers > self.middle, dtype=np.uint8) * np.uint8(255)
        values = codes.numbers
        unsaid = np.zeros(values.shape, dtype=bool) if self.ignored is None else values == self.ignored
        found = np.searchsorted(self.numbers, values).clip(max=len(self.numbers) - 1)
        wrong = (np.asarray(self.numbers)[found] != values) & ~unsaid
        if wrong.any():
            told = name_code(int(values[wrong][0]), self.form)
            known = ", ".join(name_code(number, self.form) for number in self.numbers[:12])
            raise DataError(f'The mask "{codes.name}" holds {told}, and the masks before it hold {known}.',
                            "Write the names of all classes, one a line, into classes.txt, or correct it.")  # fmt: skip
        return np.where(unsaid, IGNORED, found).astype(np.uint8)


def read_codes(path: Path, form: str | None = None) -> Codes:
    """What stands in the file of a mask, as ``form`` where that is decided. Raises DataError where it cannot be read."""
    try:
        image = open_image(path)
    except ValueError as error:
        raise DataError(str(error)) from error
    if image.mode == "P" and form in (None, "palette"):
        return Codes(path.name, np.asarray(image).astype(np.int64), "palette")
    if image.mode in ("P", "RGB", "RGBA", "CMYK", "PA") or form == "colour":
        colours = np.asarray(image.convert("RGB")).astype(np.int64)
        if form == "colour" or (form is None and (colours != colours[..., :1]).any()):
            return Codes(path.name, colours @ np.array([65536, 256, 1]), "colour")
        return Codes(path.name, colours[..., 0], "grey")
    return Codes(
        path.name, np.asarray(image.convert("L" if image.mode in ("1", "LA") else "I")).astype(np.int64), "grey"
    )


def judge_levels(paths: Sequence[str], names: Sequence[str] = ()) -> Levels:
    """Find out how masks say which class a pixel is of.

    Args:
        paths: their files.
        names: of the classes in the order of their numbers, where somebody wrote them down.

    Raises:
        DataError: a mask cannot be read, or holds too many colours.
    """
    some = [Path(path) for path in paths[:: -(-len(paths) // NUM_MEASURED)]]
    form, present = find_codes(some)
    ignored = find_ignored(form, present, len(names))
    present -= {ignored}
    if form != "colour" and len(present) <= MOST_GREYS and 2 < len(names) > max(present):
        return Levels(form, tuple(range(len(names))), tuple(names), ignored=ignored)
    if ignored is not None and len(present) == 2:
        return Levels(form, tuple(sorted(present)), classes_of_two(names), ignored=ignored)
    if len(present) <= 2 or (form == "grey" and len(present) > MOST_GREYS):
        middle = (min(present) + max(present)) / 2 if len(present) == 2 else max(present) / 2
        return Levels(form, (), classes_of_two(names), middle)
    numbers = tuple(sorted(present))
    return Levels(form, numbers, tuple(name_classes(numbers, form, names)), ignored=ignored)


def find_ignored(form: str, present: set[int], named: int) -> int | None:
    """The number of pixels of no class: 255 beside small numbers of two classes or more; None where it is a level like others."""
    numbers = present - {IGNORED}
    is_apart = form != "colour" and IGNORED in present and len(numbers) >= 2
    return IGNORED if is_apart and (form == "palette" or max(numbers) < max(SMALL, named)) else None


def classes_of_two(names: Sequence[str]) -> tuple[str, ...]:
    """The names of two classes, of which one is the ground where nobody wrote them down."""
    return tuple(names) if len(names) == 2 else (GROUND, THING)


def find_codes(paths: Sequence[Path]) -> tuple[str, set[int]]:
    """The form that all of these masks have in common, colour where they differ, and all that stands in them."""
    forms: set[str] = set()
    present: set[int] = set()
    for path in paths:
        codes = read_codes(path)
        forms.add(codes.form)
        present |= check_codes(codes)
    if len(forms) == 1:
        return forms.pop(), present
    return "colour", set().union(*(check_codes(read_codes(path, "colour")) for path in paths))


def check_codes(codes: Codes) -> set[int]:
    """The numbers in a mask. Raises DataError where these are too many colours for classes."""
    found = set(np.unique(codes.numbers).tolist())
    if codes.form == "colour" and len(found) > MOST_COLOURS:
        reason = f'The mask "{codes.name}" holds {len(found):,} colours, so nobody can tell which are classes.'
        raise DataError(reason, "Save masks as PNG, with one colour for each class; JPEG blurs them.")
    return found


def name_classes(numbers: Sequence[int], form: str, names: Sequence[str]) -> Iterator[str]:
    """The names of classes: those that are written down for all of them, or for every number; else what stands in the mask."""
    for place, number in enumerate(numbers):
        if len(names) == len(numbers):
            yield names[place]
        elif form != "colour" and number < len(names):
            yield names[number]
        else:
            yield GROUND if number == 0 else name_code(number, form)


def name_code(number: int, form: str) -> str:
    """What stands in a mask, in words: a number, or a colour as ``#rrggbb``."""
    return f"#{number:06x}" if form == "colour" else str(number)
