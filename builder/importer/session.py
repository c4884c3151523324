"""One import on its way: its bounds, its remarks, what the source defines, and the frame of the function that is read."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from builder.importer.drawing import Drawing
from builder.importer.remarks import Exhausted, Left, Remarks, show
from builder.importer.values import Class, Instance, Symbol, Wire, plain

MOST_STEPS = 150_000
DEEPEST_CALL = 16
WELL_KNOWN = {
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "functional": "torch.nn.functional",
    "init": "torch.nn.init",
    "math": "math",
    "OrderedDict": "collections.OrderedDict",
}
"""What names mean in a piece of source that was pasted without its imports."""


class Reader(Protocol):
    """What reads: an expression, a list of statements, a call. The files that do it know each other through this."""

    def evaluate(self, node: ast.expr, frame: Frame, wish: str) -> Any:
        """The value of an expression. Raises Left."""

    def run(self, body: list[ast.stmt], frame: Frame) -> Any:
        """Read statements; what they return."""

    def call(self, callee: Any, args: list[Any], kwargs: dict[str, Any], frame: Frame, wish: str, line: int) -> Any:
        """What a call gives. Raises Left."""


@dataclass
class Session:
    """What one import shares. ``called`` are the modules that forward calls, ``read`` the functions that were gone through."""

    reader: Reader
    draw_part: Callable[[Instance, int, Session, tuple[str, ...]], Any]
    remarks: Remarks = field(default_factory=Remarks)
    names: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    networks: dict[str, Any] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    steps: int = 0

    def spend(self) -> None:
        """Count a step. Raises Exhausted."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Exhausted(
                f"Reading was stopped after {MOST_STEPS:,} steps; what comes after them was left out. "
                "Loops over large ranges are the usual reason."
            )


@dataclass
class Frame:
    """A function while it is read: its names, whose method it is, and the graph that it draws, if it draws one."""

    session: Session
    names: dict[str, Any] = field(default_factory=dict)
    owner: Instance | None = None
    around: dict[str, Any] = field(default_factory=dict)
    behind: tuple[Any, ...] = ()
    drawing: Drawing | None = None
    singles: frozenset[str] = frozenset()
    prefix: str = ""
    path: str = ""
    is_in_place: bool = False
    depth: int = 0

    def evaluate(self, node: ast.expr, wish: str = "") -> Any:
        """The value of an expression here. Raises Left."""
        return self.session.reader.evaluate(node, self, wish)

    def run(self, body: list[ast.stmt]) -> Any:
        """Read statements here."""
        return self.session.reader.run(body, self)

    def call(self, callee: Any, args: list[Any], kwargs: dict[str, Any], wish: str = "", line: int = 0) -> Any:
        """What a call gives here. Raises Left."""
        return self.session.reader.call(callee, args, kwargs, self, wish, line)

    def call_in_place(
        self, callee: Any, args: list[Any], kwargs: dict[str, Any], prefix: str, path: str, line: int
    ) -> Any:
        """What a call gives whose nodes are drawn here, under names that begin with ``prefix``. Raises Left.

        ``path`` is what the names of their tensors begin with in the source's object.
        """
        inner = replace(self, prefix=prefix, path=path, is_in_place=True)
        return inner.call(callee, args, kwargs, "", line)

    def inner(self, **changes: Any) -> Frame:
        """A frame for a function that is called from here. Raises Left where calls are nested too deeply."""
        if self.depth >= DEEPEST_CALL:
            raise Left(f"calls functions more than {DEEPEST_CALL} deep, as one that calls itself does")
        fresh: dict[str, Any] = {"names": {}, "around": {}, "behind": (), "singles": frozenset(), "owner": None}
        return replace(self, **{**fresh, "depth": self.depth + 1, **changes})

    def look_up(self, name: str) -> Any:
        """The value of a name. Raises Left."""
        for names in (self.names, self.around, self.session.names):
            if name in names:
                return names[name]
        if name in WELL_KNOWN:
            return Symbol(WELL_KNOWN[name])
        if name in BUILTINS:
            return Symbol(f"builtins.{name}")
        raise Left(f'uses the name "{name}", which this source does not define')

    def add(
        self,
        kind: str,
        params: dict[str, Any],
        wires: Any,
        wish: str = "",
        line: int = 0,
        own: bool = False,
        **more: Any,
    ) -> Wire:
        """Draw a node. ``wires`` are its links by port, or the one that goes into ``input``. Raises Left outside forward.

        A part that is drawn in place has no parameters of its own, so there its references become their numbers.
        """
        if self.drawing is None:
            raise Left("works with tensors, and only forward may do that")
        links = [("input", wires)] if isinstance(wires, Wire) else list(wires)
        wish = f"{self.prefix}_{wish or kind.lower()}" if self.prefix else wish
        params = {name: plain(value) for name, value in params.items()} if self.is_in_place else params
        return Wire(self.drawing.add(kind, params, wish, links, line, own, **more))

    def note(self, node: ast.AST, what: str) -> None:
        """Say that a piece of source was left out which changes nothing; ``what`` it does instead."""
        text = f"{show(node)} {what}. It changes nothing of the network and was left out."
        self.session.remarks.note(getattr(node, "lineno", 0), text)

    def remark(self, line: int, text: str) -> None:
        """Say something about a line."""
        self.session.remarks.add(line, text)


BUILTINS = frozenset(
    """
    range len int float str bool list tuple dict enumerate zip reversed min max abs sum round isinstance print super
    setattr getattr hasattr any all sorted
    """.split()  # noqa: SIM905
)

__all__ = ["DEEPEST_CALL", "Exhausted", "Frame", "Reader", "Session"]
