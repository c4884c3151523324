"""JSON that a person hands in, read in one place: whatever it holds, the answer is values within bounds or one sentence."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from builder.phrases import quote, show_value

Json = dict[str, Any]

MOST_VALUES: Final = 1_000_000
"""Names, numbers and texts in one file. They are counted before the text is parsed, since 32 MB of ``{}`` become 2 GB."""
DEEPEST: Final = 60
"""Objects and lists within each other. What reads a file calls itself for each."""
LARGEST: Final = 2**64
"""Whole numbers reach no further: nothing that is computed here takes more, and arithmetic on more has no bound."""
DIGITS: Final = "holds a whole number of more than 64 bits, and nothing here computes with one"


class JsonError(ValueError):
    """A text is no JSON that is read here. Its own text is a sentence for people."""


def parse_json(
    text: str,
    what: str = "The file",
    most_values: int = MOST_VALUES,
    deepest: int = DEEPEST,
    *,
    is_torn: bool = False,
) -> Any:
    """Read JSON strictly: no name twice in an object, no NaN, no number without bound, no bottomless nesting.

    Args:
        text: what was handed in; its size is for the caller to bound.
        what: how the sentences call it.
        most_values: how many values it may hold.
        deepest: how many objects and lists may stand within each other.
        is_torn: whether halves of characters are let through, for a caller who looks at the texts himself.

    Raises:
        JsonError: with the sentence that says why it is refused.
    """
    if not text or text.isspace():
        raise JsonError(f"{what} is empty.")
    if text.count(",") + text.count("{") + text.count("[") > most_values:
        raise JsonError(f"{what} holds more than {most_values:,} values, which is more than is read here.")

    def make_object(pairs: list[tuple[str, Any]]) -> Json:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise JsonError(
                f"{what} names {quote(find_twin(pairs))} twice in one object, so it is not clear which one counts."
            )
        return found

    def refuse_constant(name: str) -> None:
        raise JsonError(f"{what} holds {name}, which is no number in JSON.")

    try:
        data = json.loads(text, object_pairs_hook=make_object, parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise JsonError(describe_break(error, text, what)) from None
    except RecursionError:
        raise JsonError(describe_depth(what, deepest)) from None
    except JsonError:
        raise
    except ValueError:  # Python reads no number of more than some thousand digits
        raise JsonError(f"{what} {DIGITS}.") from None
    check_values(data, what, deepest, is_torn=is_torn)
    return data


def find_twin(pairs: list[tuple[str, Any]]) -> str:
    """The first name that stands twice, short enough for a sentence."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            break
        seen.add(key)
    return key[:80]


def describe_break(error: json.JSONDecodeError, text: str, what: str) -> str:
    """Say where the JSON breaks off or is damaged."""
    where = f"line {error.lineno}, column {error.colno}"
    start = text[:1000].lstrip()
    if start and not start.startswith(("{", "[")):
        return f"{what} is not JSON: it starts with {show_value(start[:20])}, and JSON starts with {{."
    if error.msg.startswith("Unterminated string") or not text[error.pos : error.pos + 1000].strip():
        return f"{what} breaks off at {where}: its end is missing. Save or copy it again."
    return f"{what} is damaged at {where}: {error.msg[0].lower()}{error.msg[1:]}."


def describe_depth(what: str, deepest: int) -> str:
    """Say that there is nesting without end."""
    return f"{what} is nested more than {deepest} levels deep, which is more than is read here."


def check_values(data: Any, what: str = "The file", deepest: int = DEEPEST, *, is_torn: bool = False) -> None:
    """Raise JsonError for nesting without end, numbers without bound and torn characters, level by level."""
    level, depth = [data], 1
    while level:
        if depth > deepest:
            raise JsonError(describe_depth(what, deepest))
        deeper: list[Any] = []
        for value in level:
            if isinstance(value, str):
                if not (is_torn or value.isascii()):
                    check_text(value, what)
            elif isinstance(value, dict):
                deeper.extend(value)
                deeper.extend(value.values())
            elif isinstance(value, list):
                deeper.extend(value)
            elif isinstance(value, int | float):
                check_number(value, what)
        level, depth = deeper, depth + 1


def check_text(text: str, what: str) -> None:
    """Raise JsonError for half of a character, which no file and no answer can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise JsonError(f"{what} holds half of a character (a lone surrogate), which no text can hold.") from None


def check_number(value: float, what: str) -> None:
    """Raise JsonError for a number that nothing computes with."""
    if isinstance(value, float) and not math.isfinite(value):
        raise JsonError(f"{what} holds a number too large to compute with.")
    if not -LARGEST < value < LARGEST and isinstance(value, int):
        raise JsonError(f"{what} {DIGITS}.")
