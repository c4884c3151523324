"""What an import has to say to the person: a sentence for each line that could not be taken as it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Literal

MOST = 200
LONGEST_QUOTE = 60
Level = Literal["note", "warning"]


@dataclass(frozen=True, order=True)
class Remark:
    """One sentence about one line of the source; line 0 is the source as a whole.

    A ``note`` is about what changes nothing of the network, a ``warning`` about all else.
    """

    line: int
    text: str
    level: Level = "warning"

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{'(note) ' if self.level == 'note' else ''}{self.text}"


class Left(Exception):
    """Something is left out. The text is a short reason, ``hint`` what to do; ``operands`` is what was computed before."""

    def __init__(self, reason: str, hint: str = "", *, operands: tuple[Any, ...] = (), kind: str = "") -> None:
        super().__init__(reason)
        self.reason, self.hint, self.operands, self.kind = reason, hint, operands, kind


class Exhausted(Exception):
    """The import has come to a bound of work. The text is a sentence."""


@dataclass
class Remarks:
    """Collects remarks, each once."""

    found: dict[Remark, None] = field(default_factory=dict)

    def add(self, line: int, text: str) -> None:
        """Say something about a line."""
        if len(self.found) < MOST:
            self.found.setdefault(Remark(line, text))

    def note(self, line: int, text: str) -> None:
        """Say something about a line that changes nothing."""
        if len(self.found) < MOST:
            self.found.setdefault(Remark(line, text, "note"))

    def left(self, node: ast.AST, error: Left) -> None:
        """Say that a piece of source was left out, why, and what to do."""
        hint = f" {error.hint}" if error.hint else ""
        self.add(getattr(node, "lineno", 0), f"{show(node)} {error.reason}.{hint}")

    def sorted(self) -> tuple[Remark, ...]:
        """All of them in the order of the lines."""
        return tuple(sorted(self.found))


def show(node: ast.AST) -> str:
    """A piece of source as it is quoted in a sentence: on one line, in backticks, cut where it is long."""
    try:
        text = " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        text = type(node).__name__
    return f"`{text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + '…'}`"
