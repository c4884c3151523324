"""How long networks will write, which the first steps of a run do not show: who has learned nothing finds no end."""

from __future__ import annotations

from builder.parts.columns import LENGTHS
from builder.parts.generation import GreedyDecoding
from runtime.session import Session


def expect_ends(session: Session) -> None:
    """Let networks write no more than the longest text that they are to learn to write."""
    longest = find_longest(session)
    for module in session.machinery.modules.values():
        if longest and isinstance(module, GreedyDecoding):
            module.length = min(module.length, longest)


def find_longest(session: Session) -> int:
    """The tokens of the longest text that is a target; 0 where there is none."""
    return max(
        (
            int(tensors[name + LENGTHS].max())
            for source, parts in session.evaluator.parts.items()
            for name, meaning in session.project.data[source].fields.items()
            if meaning.kind == "text" and meaning.role == "target"
            for tensors in parts.values()
            if len(tensors.get(name + LENGTHS, ()))
        ),
        default=0,
    )
