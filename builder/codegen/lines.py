"""Lines of source that know which nodes they are of, so that a screen can show code and graph side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from builder.document import NETWORKS

Places = dict[str, dict[str, list[tuple[int, int]]]]
"""The first and last lines of the pieces that are of a node, by the path of its graph and its id; lines count from 1."""


@dataclass(frozen=True)
class Line:
    """One line, and the nodes that it is of, each with the name of its network."""

    text: str
    nodes: tuple[tuple[str, str], ...] = ()

    def indented(self, depth: int) -> Line:
        """The line moved to the right; an empty one stays empty."""
        return Line("    " * depth + self.text if self.text else "", self.nodes)


def plain_lines(text: str) -> list[Line]:
    """A text as lines that are of no node."""
    return [Line(line) for line in text.split("\n")]


def join_pieces(pieces: Iterable[list[Line]]) -> list[Line]:
    """Pieces with two empty lines between them, as Python files are written."""
    lines: list[Line] = []
    for piece in pieces:
        lines += [*([Line(""), Line("")] if lines else []), *piece]
    return lines


def locate_nodes(lines: Iterable[Line]) -> Places:
    """Where the lines of each node are; lines one behind the other are one piece."""
    places: Places = {}
    for number, line in enumerate(lines, 1):
        for network, node in line.nodes:
            pieces = places.setdefault(NETWORKS + network, {}).setdefault(node, [])
            if pieces and pieces[-1][1] == number - 1:
                pieces[-1] = (pieces[-1][0], number)
            else:
                pieces.append((number, number))
    return places
