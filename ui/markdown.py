"""Text of people within Markdown of ours."""

from __future__ import annotations

MEANT = r"\`*_{}[]<>()#+-.!|~$:"
"""What Markdown, formulas, colours and emoji begin with."""


def escape(text: str) -> str:
    """Text that Markdown takes as it stands."""
    return "".join(f"\\{letter}" if letter in MEANT else letter for letter in text)
