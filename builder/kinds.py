"""What every kind of node declares about itself, once: palette, form, checks, shapes and code read it here."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from builder.document import Project
from builder.tensors import TensorSpec

DtypeClass = Literal["float", "integer", "bool", "number", "any"]


class Params(BaseModel):
    """The parameters of a kind: PyTorch's names, defaults and bounds, with one line of help for each."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Port:
    """A place where a link ends.

    ``ranks`` are the accepted numbers of axes, the batch axis included; empty means any. A variadic port takes any number
    of links, ``name.0``, ``name.1`` and so on, at least ``least`` of them. ``label`` is what stands beside it on the canvas where
    its name alone would not tell what it is.
    """

    name: str
    ranks: tuple[int, ...] = ()
    dtype: DtypeClass = "float"
    optional: bool = False
    variadic: bool = False
    least: int = 1
    help: str = ""
    label: str = ""


class Kind:
    """A kind of node. Subclasses are never instantiated: a node is a use of the class with parameters of its own.

    The docstring is the help that people read: one line of what it does, then Shapes, Args and Reference sections.
    ``bypass`` says what becomes of a use that is switched off: its first input goes ``through`` as its first output, it is
    as if it were ``gone``, or it can ``never`` be switched off. ``calls`` says whose weights a use of a network has: its
    ``own``, or those ``shared`` by all uses of that network. ``borrows_from`` names other kinds whose weights a use may share.
    """

    kind: ClassVar[str]
    family: ClassVar[str]
    title: ClassVar[str] = ""
    synonyms: ClassVar[tuple[str, ...]] = ()
    shown: ClassVar[tuple[str, ...]] = ()
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("output"),)
    dynamic_ports: ClassVar[bool] = False
    bypass: ClassVar[Literal["through", "gone", "never"]] = "through"
    calls: ClassVar[Literal["own", "shared"] | None] = None
    borrows_from: ClassVar[tuple[str, ...]] = ()

    class Params(Params):
        """No parameters."""

    @classmethod
    def declare(cls, params: Any, project: Project) -> dict[str, TensorSpec] | None:
        """The outputs, where parameters and project say what they are; None where the kind is run to find out."""
        return None

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(cls) or "").split("\n", 1)[0]

    @classmethod
    def describe(cls) -> dict[str, Any]:
        """Everything the screen needs to offer, draw and edit this kind, as JSON."""
        return {
            "kind": cls.kind,
            "family": cls.family,
            "title": cls.title or cls.kind,
            "summary": cls.summary(),
            "help": inspect.getdoc(cls) or "",
            "synonyms": list(cls.synonyms),
            "shown": list(cls.shown),
            "inputs": [describe_port(port) for port in cls.inputs],
            "outputs": [describe_port(port) for port in cls.outputs],
            "dynamic_ports": cls.dynamic_ports,
            "borrows_from": list(cls.borrows_from),
            "schema": cls.Params.model_json_schema(),
        }


def describe_port(port: Port) -> dict[str, Any]:
    """A port as the screen reads it."""
    return {
        "name": port.name,
        "ranks": list(port.ranks),
        "dtype": port.dtype,
        "optional": port.optional,
        "variadic": port.variadic,
        "help": port.help,
        "label": port.label,
    }


@dataclass(frozen=True)
class Construct:
    """How a module is made, as data: called it gives the module, printed it gives the source of the same call."""

    target: type
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)

    def build(self) -> Any:
        """Make the module."""
        return self.target(*self.args, **self.kwargs)

    def meaningful(self) -> dict[str, Any]:
        """The keyword arguments that differ from the target's own defaults: what a person would have written."""
        signature = inspect.signature(self.target).parameters
        return {k: v for k, v in self.kwargs.items() if k not in signature or not same(signature[k].default, v)}


def same(a: Any, b: Any) -> bool:
    """Equal and of the same type, so that 1 and True and 1.0 stay apart."""
    return type(a) is type(b) and bool(a == b)
