"""Words for people that several parts share: what pydantic found, said plainly, and how a graph is called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from builder.document import NETWORKS, TRAINING, Origin
from builder.parameters import phrase

UPLOADED = re.compile(r"^uploads/(.+)-[0-9a-f]{8}(\.\w+)?$")
LONGEST_VALUE = 40
MANY = 5
WITHOUT_VALUE = ("missing", "extra_forbidden", "value_error", "too_long", "too_short", "string_too_long")


def describe_errors(error: ValidationError) -> list[tuple[str, str]]:
    """Translate each of pydantic's errors to a dotted path and a phrase: ``run.epochs``, ``must be at least 1, got 0``.

    Of several errors at one place (the members of a union) the phrases are joined by "or".
    """
    found: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        path = ".".join(str(step) for step in detail["loc"] if is_step(step))
        said = describe_error(detail)
        if said not in found.setdefault(path, []):
            found[path].append(said)
    return [(path, " or ".join(phrases)) for path, phrases in found.items()]


def is_step(step: int | str) -> bool:
    """Whether a part of pydantic's location is a step in the file; the rest name members of unions."""
    return isinstance(step, int) or (step.isidentifier() and step not in ("int", "str", "bool", "float", "nullable"))


def describe_error(detail: ErrorDetails) -> str:
    """Say one of pydantic's errors as a phrase without a subject, with the value that was found."""
    said = "is not known" if detail["type"] == "extra_forbidden" else phrase(detail)
    return said if detail["type"] in WITHOUT_VALUE else f"{said}, got {show_value(detail['input'])}"


def show_value(value: Any) -> str:
    """Show a value in a sentence: as JSON writes it, short, on one line, whatever it holds."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def name_graph(path: str) -> str:
    """How a graph is called in a sentence, without an article: ``network "model"``, ``training graph``."""
    return "training graph" if path == TRAINING else f'network "{path.removeprefix(NETWORKS)}"'


def name_origin(origin: Origin) -> str:
    """What a data set is called where people read it.

    One that comes with Layerloom in words, ``digit masks``; one's own by the name of the file that was handed in, not by the
    one that it is kept under, ``uploads/cells-1a2b3c4d``.
    """
    return spell(origin.name) if origin.kind == "embedded" else UPLOADED.sub(r"\1\2", origin.name)


def spell(name: str) -> str:
    """A name in words, without the strokes that stand in it for blanks."""
    return name.replace("_", " ")


def quote(name: str) -> str:
    """A name in quotes, on one line, with its own quotes and line ends escaped."""
    return json.dumps(name, ensure_ascii=False)


def join_words(words: Iterable[str], last: str = "and") -> str:
    """Words as a list in a sentence: ``a, b and c``; of many only the first few are named."""
    names = list(words)
    if len(names) > MANY:
        names = [*names[: MANY - 1], f"{len(names) - MANY + 1} more"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""
