"""What expressions of a source come to while it is read: numbers, references, tensors, modules, and what is not known."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from builder.importer.remarks import Left


@dataclass(frozen=True)
class Wire:
    """A tensor: an output of a node."""

    node: str
    port: str = "output"


@dataclass(frozen=True)
class Reference:
    """A number that a parameter of the network gives: its text (``$channels * 2``) and its value in this use."""

    text: str
    value: int | float | None


@dataclass(frozen=True)
class Size:
    """The size of an axis of a tensor, known only while the network runs; axis 0 is the batch."""

    wire: Wire
    axis: int


@dataclass(frozen=True)
class Shape:
    """The shape of a tensor."""

    wire: Wire


@dataclass(frozen=True)
class State:
    """The hidden states of a recurrent layer, one a layer and direction: what ``hidden[-1]`` is taken from."""

    last: Wire
    hidden_size: Any
    num_layers: int
    bidirectional: bool

    @property
    def whole(self) -> Wire:
        """The output that gives all states, an LSTM's cells included."""
        return Wire(self.last.node, "state")


@dataclass(frozen=True)
class LayerState:
    """The hidden state of the uppermost layer in one direction; ``backward`` is the one that reads from the end."""

    state: State
    backward: bool


@dataclass(frozen=True)
class Packed:
    """A sequence together with the lengths of its rows."""

    wire: Wire
    lengths: Wire


@dataclass(frozen=True)
class Symbol:
    """A name of a library, dots and all: ``torch.nn.Conv2d``; or a method of a value, ``holder`` then."""

    name: str
    holder: Any = None


@dataclass(frozen=True)
class Unknown:
    """A value that is not known here, and why (the end of a sentence): ``is made of random numbers``."""

    reason: str


@dataclass(frozen=True)
class Zeros:
    """A tensor of nothing but zeros."""


@dataclass(frozen=True)
class CausalMask:
    """A mask that hides from each step what comes later."""


@dataclass(frozen=True)
class Mode:
    """Whether the network trains, as a condition; ``outside`` is what it comes to outside training."""

    outside: bool = False


@dataclass(frozen=True)
class Hidden:
    """What a library gives beside the answer and no layer here gives by itself: an LSTM's cell state."""

    what: str
    state: State | None = None


@dataclass(eq=False)
class Layer:
    """A module of the library: the kind of node that it becomes and its parameters.

    ``sizes`` are the sizes that the source gives and our layers infer: port, axis and number by the argument's name.
    ``own`` marks the modules that exported code brings along, which are called as ours are; ``asked`` those of them that give
    what they give only on demand. ``tied`` is the layer whose weights this one uses. ``path`` is the beginning of its
    tensors' names in the source's object: ``features.0``; ``wish`` the same as an id.
    """

    kind: str
    params: dict[str, Any]
    line: int
    wish: str = ""
    path: str = ""
    sizes: dict[str, tuple[str, int, Any]] = field(default_factory=dict)
    known: bool = True
    sequence_first: bool = False
    own: bool = False
    asked: bool = False
    tied: Layer | None = None


@dataclass(eq=False)
class Chain:
    """Modules in order: a Sequential, which is called, or a list or dictionary of modules, which is not."""

    items: list[tuple[str, Any]]
    callable: bool = True
    wish: str = ""
    path: str = ""


@dataclass(eq=False)
class Function:
    """A function of the source: at the top, a method of an object, or one inside another with what it sees there."""

    node: ast.FunctionDef | ast.Lambda
    owner: Any = None
    around: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Class:
    """A class of the source."""

    node: ast.ClassDef
    name: str
    bases: tuple[Any, ...] = ()
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Instance:
    """An object of a class of the source: a part of a network, with the arguments that made it."""

    cls: Class
    arguments: dict[str, Any]
    attributes: dict[str, Any]
    line: int
    wish: str = ""
    path: str = ""
    chain: Chain | None = None
    uses: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Method:
    """Something that ``super()`` reaches: the object and the classes behind its own."""

    owner: Instance
    classes: tuple[Any, ...]


@dataclass(frozen=True)
class Tensor:
    """A tensor of weights of a layer, or one row of it: what ``nn.init`` is called with."""

    layer: Layer
    name: str
    is_row: bool = False


@dataclass(frozen=True)
class Given:
    """A tensor written out in numbers."""

    values: Any


Module = Layer | Chain | Instance


MOST_VALUES = 100_000


def check_extent(value: Any) -> None:
    """Raise Left where lists in lists hold more than any network needs, as they do that hold themselves."""
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, (list, tuple)):
            waiting.extend(item)
        count += 1
        if count + len(waiting) > MOST_VALUES:
            raise Left(f"holds more than {MOST_VALUES:,} values")


def wires_in(value: Any) -> list[Wire]:
    """Every tensor inside a value, in order, each once."""
    check_extent(value)
    found: dict[Wire, None] = {}
    waiting = [value]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, Wire):
            found[item] = None
        elif isinstance(item, State):
            found[item.last] = None
        elif isinstance(item, LayerState):
            found[item.state.last] = None
        elif isinstance(item, Packed):
            found |= {item.wire: None, item.lengths: None}
        elif isinstance(item, dict):
            waiting[:0] = item.values()
        elif isinstance(item, (list, tuple)):
            waiting[:0] = item
    return list(found)


def plain(value: Any) -> Any:
    """The value that a reference has in this use, lists and tuples included."""
    if isinstance(value, (list, tuple)):
        check_extent(value)
        return type(value)(plain(item) for item in value)
    return value.value if isinstance(value, Reference) else value


def as_param(value: Any) -> Any:
    """A value as it stands in the document: references as text, tuples as lists."""
    if isinstance(value, (list, tuple)):
        check_extent(value)
        return [as_param(item) for item in value]
    return value.text if isinstance(value, Reference) else value


def is_constant(value: Any) -> bool:
    """Whether a value is plain data: numbers, references to numbers, words, and lists of them."""
    if isinstance(value, (list, tuple)):
        check_extent(value)
        return all(is_constant(item) for item in value)
    return value is None or isinstance(value, (bool, int, float, str, Reference))
