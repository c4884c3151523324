"""From the uses of a table's columns to a source."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow.compute as pc

from builder.document import FieldMeaning, Origin, Scaling, Source, Split, TextMeaning, Windows
from builder.parts.preparation import open_image
from runtime.data.derived import name_part, name_value
from runtime.data.errors import DataError
from runtime.data.intake import MOST_CLASSES, ColumnUse, recall_uses
from runtime.data.summaries import Summary, find_holds, summarize
from runtime.data.tables import Table

DATE_PARTS = ("days", "month", "weekday")
"""What a date becomes where nobody says otherwise: a trend, the season and the rhythm of a week."""
TIME_NAMES = re.compile(r"(year|month|week|day|hour|date|time|step|t)s?", re.IGNORECASE)
TINY, LARGE = 20, 1_000
"""Rows from which on a part is taken for validation, and another one for the final test."""
LANGUAGE_WINDOW = 128
"""Characters that a language model sees at once, where a text is all there is."""
LANGUAGE_TEXT = TextMeaning(tokens="character", lower=False, longest=None)


@dataclass
class _Plan:
    """Fields of a source while they are made, and the columns of each."""

    like: Source | None
    fields: dict[str, FieldMeaning] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    """The size that pictures are brought to, and their masks with them."""

    def add(self, columns: tuple[str, ...], name: str, meaning: FieldMeaning) -> str:
        name = name_field(name, columns, meaning, self.fields, self.like)
        self.fields[name], self.columns[name] = meaning, columns
        return name


def build_source(
    origin: Origin,
    uses: Sequence[ColumnUse],
    table: Table,
    like: Source | None = None,
    date_parts: Sequence[str] = DATE_PARTS,
    windows: Windows | None = None,
) -> Source:
    """Make a source of an origin and the uses of its columns.

    Numbers, parts of dates and categories as 0 and 1 become one vector, scaled by mean and deviation; pictures are scaled
    to 0..1. With ``windows`` what is learned are the next values of the target's own past. One text with nothing to be
    learned beside it becomes windows of which the next characters are learned; pictures alone stay so, for networks that
    make some. Fields get the names that fields of the
    same columns, or of the same kind and role, have in ``like``, so that a training graph drawn for it keeps its links.

    Raises:
        DataError: nothing is learned, nothing is learned from, or a column is to be used as what it does not hold.
    """
    known = recall_uses(table, like)
    if like and known and known == {use.column: (use.kind, use.use) for use in uses if use.use != "ignore"}:
        return replace_origin(like, origin)
    inputs = [use for use in uses if use.use == "input" and use.kind != "ignore"]
    targets = [use for use in uses if use.use == "target"]
    is_language = not targets and [use.kind for use in inputs] == ["text"]
    is_pictures = not targets and {use.kind for use in inputs} == {"image"}
    check_uses(inputs, targets, table, windows is not None, not (is_language or is_pictures))
    plan = _Plan(like)
    if windows:
        windows = windows.model_copy(update={"targets": add_series(plan, inputs, targets[0], table, date_parts)})
    elif is_language:
        name = plan.add((inputs[0].column,), "text", FieldMeaning(kind="text", text=LANGUAGE_TEXT))
        windows = Windows(length=LANGUAGE_WINDOW, stride=LANGUAGE_WINDOW, targets=(name,), each=True)
    else:
        add_inputs(plan, inputs, table, date_parts)
        for target in targets:
            add_target(plan, target)
    columns = {name: used[0] if len(used) == 1 else used for name, used in plan.columns.items()}
    is_ordered = windows is not None or is_in_time(uses, table)
    split = choose_split(len(table) if not windows else LARGE, is_ordered)
    origin = origin.model_copy(update={"columns": columns})
    return Source(origins=(origin,), fields=plan.fields, split=split, windows=windows)


def replace_origin(like: Source, origin: Origin) -> Source:
    """The same source with its data from somewhere else, where the columns have the same names."""
    known = next(known for known in like.origins if known.columns)
    origin = origin.model_copy(update={"columns": known.columns})
    return like.model_copy(update={"origins": (origin,), "facts": None})


def choose_split(num_rows: int, is_in_time: bool) -> Split:
    """No validation part where there are too few rows for one, a test part where there are enough."""
    validation, test = 0.1 if num_rows >= TINY else 0.0, 0.1 if num_rows >= LARGE else 0.0
    return Split(validation=validation, test=test, by="order" if is_in_time else "random")


def add_inputs(plan: _Plan, inputs: Sequence[ColumnUse], table: Table, date_parts: Sequence[str]) -> None:
    """Fields of what the network sees: pictures, one vector of all numbers, texts, categories."""
    for use in inputs:
        if use.kind == "image":
            size = choose_size(use.column, table)
            plan.size = size
            plan.add((use.column,), "image", FieldMeaning(kind="image", scaling="unit", size=size))
    numbers = tuple(name for use in inputs for name in list_numbers(use, table, date_parts))
    if numbers:
        plan.add(numbers, "features", FieldMeaning(kind="vector", scaling="standard"))
    for use in inputs:
        if use.kind == "text":
            plan.add((use.column,), "text", FieldMeaning(kind="text", text=TextMeaning()))
        if use.kind == "category":
            plan.add((use.column,), use.column, FieldMeaning(kind="category"))


def add_series(
    plan: _Plan, inputs: Sequence[ColumnUse], target: ColumnUse, table: Table, date_parts: Sequence[str]
) -> tuple[str, ...]:
    """Fields of a series: what is to be forecast, and the numbers that are known beside it; the name of the first."""
    if target.kind != "number":
        raise DataError(f'"{target.column}" is no number, so it cannot be forecast.', "Choose a column of numbers.")
    name = plan.add((target.column,), target.column, FieldMeaning(kind="vector", scaling="standard"))
    numbers = tuple(made for use in inputs for made in list_numbers(use, table, date_parts))
    if numbers:
        plan.add(numbers, "features", FieldMeaning(kind="vector", scaling="standard"))
    return (name,)


def suggest_windows(
    uses: Sequence[ColumnUse], summaries: Sequence[Summary], like: Source | None = None
) -> Windows | None:
    """Windows where rows follow each other in time and a number is learned, or where nothing is learned from beside it."""
    if [use.kind for use in uses if use.use == "target"] != ["number"]:
        return None
    times = [
        s.column for s in summaries if s.is_rising and (s.holds == "date" or TIME_NAMES.fullmatch(s.column.strip()))
    ]
    if not times and any(use.use == "input" for use in uses):
        return None
    windows = like.windows if like and like.windows and not like.windows.each else Windows(length=24, horizon=1)
    return windows.model_copy(update={"order": times[0] if times else None, "targets": ()})


def add_target(plan: _Plan, target: ColumnUse) -> None:
    """The field of what is learned. A number is scaled as in the project, so that prices are as easy to learn as shares."""
    if target.kind == "mask":
        plan.add((target.column,), "mask", FieldMeaning(kind="mask", role="target", size=plan.size))
        return
    is_category = target.kind in ("category", "flags")
    meaning = FieldMeaning(kind="category", role="target")
    if not is_category:
        meaning = FieldMeaning(kind="number", role="target", scaling=choose_scaling(plan.like))
    plan.add((target.column,), "label" if is_category else "target", meaning)


def choose_scaling(like: Source | None) -> Scaling:
    """The scaling of the number that a project learns so far; mean 0 and deviation 1 where that is not scaled."""
    learned = [field.scaling for field in (like.fields if like else {}).values() if field.role == "target"]
    return next((scaling for scaling in learned if scaling not in ("none", "unit")), "standard")


def list_numbers(use: ColumnUse, table: Table, date_parts: Sequence[str]) -> list[str]:
    """The columns of numbers that a column gives. Raises DataError where it gives none."""
    if use.kind == "number":
        return [use.column]
    if use.kind == "date":
        return [name_part(use.column, part) for part in date_parts]
    if use.kind != "flags":
        return []
    values = pc.unique(table.to_arrow(use.column).cast("string")).drop_null().to_pylist()
    if len(values) > MOST_CLASSES:
        reason = f'The column "{use.column}" has {len(values):,} different values, too many for a column each.'
        raise DataError(reason, "Use it as a category.")
    return [name_value(use.column, value) for value in sorted(values)]


def is_in_time(uses: Sequence[ColumnUse], table: Table) -> bool:
    """Whether the rows stand in the order of a date that is used, so that later ones are to be kept for validation."""
    return any(use.kind == "date" and use.use == "input" and summarize(table, use.column).is_rising for use in uses)


def check_uses(
    inputs: Sequence[ColumnUse], targets: Sequence[ColumnUse], table: Table, is_windowed: bool, needs_target: bool
) -> None:
    """Raise DataError where the uses make no source. Windows of a series need no inputs beside their target."""
    if len(targets) > 1 or (needs_target and not targets):
        found = f"{len(targets)} columns are" if targets else "No column is"
        raise DataError(f"{found} chosen as the target.", "Choose one column that the network is to learn.")
    if not inputs and not is_windowed:
        raise DataError("No column is chosen as an input.", "Choose the columns that the network sees.")
    for use in (*inputs, *targets):
        check_kind(use, table)
    for use in targets:
        if use.kind not in ("number", "category", "flags", "mask"):
            raise DataError(f'The target "{use.column}" is neither a number nor a category.', "Choose one of the two.")
    for use in inputs:
        if use.kind == "mask":
            raise DataError(f'"{use.column}" holds masks, which are learned.', "Use it as the label, or as pictures.")


def check_kind(use: ColumnUse, table: Table) -> None:
    """Raise DataError where a column does not hold what it is to be used as."""
    if use.kind == "image" and not table.is_image(use.column):
        raise DataError(f'The column "{use.column}" holds no pictures.', "Use it as a number or a category.")
    if use.kind == "mask" and not table.is_mask(use.column):
        reason = f'Of the pictures in "{use.column}" no classes are known.'
        raise DataError(reason, "Use a folder of pictures and one of masks, or use it as pictures.")
    if use.kind in ("date", "flags") and not can_be_made(use, table):
        what = "dates" if use.kind == "date" else "values that become columns of 0 and 1 here"
        raise DataError(f'The column "{use.column}" holds no {what}.', "Use it as a number or a category.")


def can_be_made(use: ColumnUse, table: Table) -> bool:
    """Whether the table makes columns of a column: the parts of a date, or one for each value."""
    if use.kind == "flags":
        return name_value(use.column, "") in table.columns
    made = name_part(use.column, DATE_PARTS[0]) in table.columns
    return made and find_holds(table.to_arrow(use.column).type) == "date"


def name_field(
    name: str, columns: tuple[str, ...], meaning: FieldMeaning, taken: Mapping[str, object], like: Source | None
) -> str:
    """An identifier for a field: the one of the same columns, or else of the same kind and role, in ``like``."""
    alike = [
        known
        for known, other in (like.fields if like else {}).items()
        if (other.kind, other.role) == (meaning.kind, meaning.role) and known not in taken
    ]
    mapped = [origin.columns for origin in like.origins] if like else []
    same = [known for known in alike for used in mapped if used.get(known, known) in (columns, columns[0])]
    if same or alike:
        return (same or alike)[0]
    base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower() or "field"
    base = f"field_{base}" if base[0].isdigit() or keyword.iskeyword(base) else base
    number, unique = 2, base
    while unique in taken:
        number, unique = number + 1, f"{base}_{number}"
    return unique


def choose_size(column: str, table: Table) -> tuple[int, int] | None:
    """A common size (height, width) for pictures of different sizes; None where the first ones are all equal."""
    values, sizes = table.columns[column], set()
    for row in range(min(len(table), 50)):
        sample = values[row]
        if sample is not None:
            try:
                sizes.add(open_image(sample).size)
            except ValueError as error:
                raise DataError(f'Row {row + 1} of "{column}": {error}') from error
    if len(sizes) <= 1 and max((max(size) for size in sizes), default=0) <= 256:
        return None
    return (64, 64)
