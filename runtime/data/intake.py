"""From a table that nobody has described to what its columns hold, and which of them is to be learned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from builder.document import Source
from runtime.data.derived import EQUALS, split_name
from runtime.data.summaries import LEAST_WORDS, Summary, summarize
from runtime.data.tables import ArrowBacked, Table

Kind = Literal["number", "category", "flags", "text", "date", "image", "mask", "ignore"]
Use = Literal["input", "target", "ignore"]
Task = Literal["number", "category"]

MOST_CLASSES = 100
MOST_FLAGS = 20
"""A category of more values would become as many columns of 0 and 1."""
FEW_VALUES = 20
LISTS = "holds lists or objects"
NAMING = re.compile(r"(.*[_ ])?(id|code|zip)|.*[a-z](Id|ID)|(?i:postcode|zipcode)")
"""Columns of whole numbers that name something."""
ROW_NUMBER = re.compile(r"(.*[_ ])?(id|index|idx|row|nr|no)|unnamed: \d+|column 1|#|", re.IGNORECASE)
TARGET_NAMES = (
    "target",
    "label",
    "labels",
    "class",
    "y",
    "species",
    "outcome",
    "status",
    "survived",
    "diagnosis",
    "sentiment",
    "quality",
    "rating",
    "price",
)


@dataclass(frozen=True)
class ColumnUse:
    """What a column holds and what it is used for, as guessed or as a person decided, and the reason of the guess."""

    column: str
    kind: Kind
    use: Use
    reason: str = ""
    examples: str = ""
    distinct: int | None = None
    missing: int | None = None
    counts: tuple[int, ...] = ()


def guess_uses(table: Table, like: Source | None = None) -> list[ColumnUse]:
    """Guess what every column holds, which one is learned, and use the others for it where they can be used.

    Row numbers, columns with one value only and names are left out. Where the source ``like`` uses the same columns,
    they are used as there.
    """
    return guess_from(table, [summarize(table, name) for name in table.columns], like)


def guess_from(table: Table, summaries: Sequence[Summary], like: Source | None = None) -> list[ColumnUse]:
    """The same from summaries of all columns."""
    columns = [describe_column(table, summary) for summary in summaries]
    by_name = {summary.column: summary for summary in summaries}
    known = recall_uses(table, like)
    if known:
        return [recall(column, known) for column in columns]
    task = find_task(like)
    target = guess_target(table, columns, by_name, task)
    decided = [
        decide_target(column, by_name[target], table, task) if column.column == target else column for column in columns
    ]
    return find_inputs(keep_one_text(decided, by_name))


def describe_column(table: Table, summary: Summary) -> ColumnUse:
    """What a column holds and whether it can be used, with the reason."""
    kind, is_used, reason = judge(table, summary)
    examples = ", ".join(str(value)[:20] for value in summary.examples)
    return ColumnUse(
        summary.column,
        kind,
        "input" if is_used else "ignore",
        reason,
        examples[:60],
        summary.distinct or None,
        summary.missing,
        summary.counts,
    )


def judge(table: Table, summary: Summary) -> tuple[Kind, bool, str]:
    """Kind of a column, whether it is of use as an input, and why."""
    if table.is_mask(summary.column):
        names = table.classes[summary.column]
        return (
            "mask",
            True,
            f"holds masks of {len(names)} classes: {', '.join(names[:4])}{', …' if len(names) > 4 else ''}",
        )
    if summary.holds == "image":
        return "image", True, "holds pictures"
    if reason := find_useless(summary):
        return "ignore", False, reason
    if summary.holds == "text":
        return judge_text(table, summary)
    if summary.is_whole and NAMING.fullmatch(summary.column.strip()):
        return "category", False, f"{summary.distinct:,} numbers that name something"
    return ("date" if summary.holds == "date" else "number"), True, describe_range(table, summary)


def find_useless(summary: Summary) -> str | None:
    """Why nothing can be learned from a column; None where something can."""
    if summary.holds == "other":
        return LISTS
    if summary.distinct < 2 and summary.words < LEAST_WORDS:
        return "always the same value" if summary.present else "holds nothing"
    return "only tells rows apart" if is_row_number(summary) else None


def describe_range(table: Table, summary: Summary) -> str:
    """From where to where numbers or dates go."""
    if summary.holds == "truth":
        return "true or false, as 1 and 0"
    if summary.column in table.classes:
        return f"{summary.distinct} numbered classes"
    first, last = summary.bars[0], summary.bars[-1]
    if summary.holds == "date":
        return f"dates from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return f"{'whole numbers' if summary.is_whole else 'numbers'} from {write(first)} to {write(last)}"


def judge_text(table: Table, summary: Summary) -> tuple[Kind, bool, str]:
    """Whether a column of text holds categories, texts to be read, or names."""
    is_category = 1 < summary.distinct <= min(MOST_CLASSES, max(summary.present / 2, 2))
    if is_category:
        can_be_flags = summary.distinct <= MOST_FLAGS and isinstance(table.columns, ArrowBacked)
        reason = f"{summary.distinct} different values" + (", a column of 0 and 1 each" if can_be_flags else "")
        return ("flags" if can_be_flags else "category"), can_be_flags, reason
    if summary.words >= LEAST_WORDS:
        return "text", True, f"texts of {summary.words:.0f} words"
    if summary.distinct == summary.present:
        return "ignore", False, "every row has another name"
    return "ignore", False, f"{summary.distinct:,} different names"


def write(number: Any) -> str:
    """A number, short."""
    return f"{number:.4g}" if abs(number) < 1e4 else f"{number:,.0f}"


def is_row_number(summary: Summary) -> bool:
    """Whether a column only tells rows apart: by its name, and since no value comes twice."""
    is_named = bool(ROW_NUMBER.fullmatch(summary.column.strip()))
    return is_named and summary.is_whole and summary.distinct == summary.present


def find_task(like: Source | None) -> Task | None:
    """Whether a project learns a number or a class so far; None where it learns something else, or nothing yet."""
    targets = [meaning.kind for meaning in like.fields.values() if meaning.role == "target"] if like else []
    kinds: dict[str, Task] = {"number": "number", "vector": "number", "category": "category"}
    return kinds.get(targets[0]) if targets else None


def guess_target(
    table: Table, columns: Sequence[ColumnUse], summaries: Mapping[str, Summary], task: Task | None = None
) -> str | None:
    """The column that is learned: the one the data set names, a usual name, the last category, the last number.

    A project that learns numbers so far is offered a number first, one that learns classes a column of few values.
    """
    if table.target in table.columns and not any(c.column == table.target and c.reason == LISTS for c in columns):
        return table.target
    usable = [column for column in columns if column.kind in ("number", "category", "flags")]
    classes = [column for column in usable if is_class_like(summaries[column.column], table)]
    numbers = [column for column in usable if column.kind == "number"]
    usable = {"category": classes, "number": numbers}.get(task or "", usable) or usable
    for name in TARGET_NAMES:
        for column in usable:
            if column.column.strip().lower() == name:
                return column.column
    categories = [column for column in usable if column.kind in ("category", "flags")]
    amounts = [column for column in numbers if column not in classes]
    found = (amounts if task == "number" else categories) or usable
    return found[-1].column if found else None


def decide_target(column: ColumnUse, summary: Summary, table: Table, task: Task | None = None) -> ColumnUse:
    """The column as what is learned."""
    if column.kind == "mask":
        return replace(column, use="target")
    is_class = is_class_like(summary, table) and not (task == "number" and column.kind == "number")
    reason = f"{summary.distinct} classes to tell apart" if is_class else f"a number to predict: {column.reason}"
    return replace(column, kind="category" if is_class else "number", use="target", reason=reason)


def is_class_like(summary: Summary, table: Table) -> bool:
    """Whether a target is a class rather than an amount: named, text, or whole numbers of which there are few."""
    if summary.column in table.classes or summary.holds in ("text", "truth"):
        return True
    is_few = 1 < summary.distinct <= FEW_VALUES and summary.present >= 3 * summary.distinct
    return summary.holds == "number" and summary.is_whole and is_few


def keep_one_text(columns: list[ColumnUse], summaries: Mapping[str, Summary]) -> list[ColumnUse]:
    """Only the text of the most words is an input: several would need a network each."""
    texts = [column for column in columns if column.kind == "text" and column.use == "input"]
    others = sorted(texts, key=lambda column: summaries[column.column].words)[:-1]
    return [replace(column, use="ignore") if column in others else column for column in columns]


def find_inputs(columns: list[ColumnUse]) -> list[ColumnUse]:
    """Where nothing else is an input, categories are, each as a field of its own."""
    if any(column.use == "input" for column in columns):
        return columns
    return [
        replace(column, use="input") if column.kind == "category" and column.use == "ignore" else column
        for column in columns
    ]


def recall_uses(table: Table, like: Source | None) -> Mapping[str, tuple[Kind, Use]]:
    """How a source uses the columns, where it uses columns that are all in this table; else nothing."""
    origin = next((origin for origin in like.origins if origin.columns), None) if like else None
    if origin is None or like is None or set(origin.columns) < set(like.fields):
        return {}
    found: dict[str, tuple[Kind, Use]] = {}
    for name, meaning in like.fields.items():
        mapped = origin.columns[name]
        for column in (mapped,) if isinstance(mapped, str) else mapped:
            if column not in table.columns:
                return {}
            found.update(recall_column(table, column, meaning.kind, meaning.role))
    return found


def recall_column(table: Table, column: str, kind: str, role: str) -> dict[str, tuple[Kind, Use]]:
    """The table's own column that a source's column is or is made of, and its use."""
    use: Use = "target" if role == "target" else "input"
    if column in list(table.columns):
        known: dict[str, Kind] = {"vector": "number", "number": "number", "image": "image", "mask": "mask",
                                 "text": "text"}  # fmt: skip
        return {column: (known.get(kind, "category"), use)}
    parts = split_name(column, list(table.columns))
    assert parts
    return {parts[0]: ("flags" if parts[1] == EQUALS else "date", use)}


def recall(column: ColumnUse, known: Mapping[str, tuple[Kind, Use]]) -> ColumnUse:
    """A column as the project uses it already."""
    if column.column not in known:
        return replace(column, use="ignore", reason=f"{column.reason}; the project leaves it out")
    kind, use = known[column.column]
    return replace(column, kind=kind, use=use, reason=f"{column.reason}; as in the project so far")
