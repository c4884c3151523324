"""A finding: what is wrong or could be better, where, why, and the edits that mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")


@dataclass(frozen=True)
class Repair:
    """A button: its words and the edits that it stands for, applied as one step of the history."""

    title: str
    edits: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Finding:
    """One sentence about one place.

    ``code`` is never used again for something else. ``graph`` is ``training`` or ``networks.<name>``, or empty when the
    finding is about the whole project. ``param`` names the property of the node, ``port`` the port. ``uses`` are the numbers
    of the uses of a block that show it (``builder/uses.py``), none where all do.
    """

    code: str
    severity: Severity
    message: str
    graph: str = ""
    node: str | None = None
    port: str | None = None
    param: str | None = None
    repairs: tuple[Repair, ...] = field(default_factory=tuple)
    uses: tuple[int, ...] = ()
