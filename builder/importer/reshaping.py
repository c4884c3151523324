"""Layers that lay values out anew, from the many ways in which sources write that: ``x.view(x.size(0), -1)`` and others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from builder.importer.indexing import tensor_of
from builder.importer.remarks import Left
from builder.importer.session import Frame
from builder.importer.values import Reference, Shape, Size, Wire, plain


@dataclass
class Called:
    """A call of a function of torch, or of a method; ``subject`` is then whose method it is."""

    name: str
    args: list[Any]
    kwargs: dict[str, Any]
    frame: Frame
    wish: str
    line: int
    subject: Any = None
    taken: bool = field(default=False)

    def args_with_tensor(self) -> list[Any]:
        """All plain arguments, the tensor that a method belongs to first."""
        return self.args if self.subject is None else [self.subject, *self.args]

    def tensor(self) -> Wire:
        """The tensor that is worked on: whose method it is, else the first argument, which is then taken away."""
        if self.subject is None and not self.taken:
            if self.args:
                self.subject, self.args = self.args[0], self.args[1:]
            else:
                self.subject = self.kwargs.pop("input", None)
            self.taken = True
        return tensor_of(self.subject, self.frame)

    def draw(self, kind: str, params: dict[str, Any], wires: Any) -> Wire:
        """Draw a node for this call."""
        return self.frame.add(kind, params, wires, self.wish, self.line)

    def remark(self, text: str) -> None:
        """Say something about this line."""
        self.frame.remark(self.line, text)


def flat_list(values: list[Any]) -> list[Any]:
    """Arguments that may stand alone or in one list."""
    if len(values) == 1 and isinstance(values[0], (list, tuple)):
        return list(values[0])
    return values


def view_tensor(called: Called) -> Wire:
    """``view`` and ``reshape``: the first size is the batch; two sizes lay everything else out in one row."""
    wire = called.tensor()
    sizes = flat_list(called.args) or flat_list([called.kwargs.get("shape", ())])
    if len(sizes) == 1 and isinstance(sizes[0], Shape):
        return wire
    if not sizes or not is_batch(sizes[0]):
        raise Left("lays samples of the batch out anew, and each sample keeps to itself here")
    inner = [settle_size(size) for size in sizes[1:]]
    if inner.count(-1) > 1:
        raise Left("has more than one size that is known only while the network runs")
    is_method_of_own_code = called.name == "reshape" and isinstance(sizes[0], Size)
    if len(inner) == 1 and not is_method_of_own_code:
        flat = called.draw("Flatten", {}, wire)
        if inner[0] != -1 and called.frame.drawing is not None:
            called.frame.drawing.sizes.setdefault(flat.node, {})["view"] = ("output", -1, inner[0])
        return flat
    return called.draw("Reshape", {"shape": inner}, wire)


def is_batch(size: Any) -> bool:
    """Whether a size is that of the batch: its own, or what is left."""
    return (isinstance(size, Size) and size.axis == 0) or (isinstance(size, int) and size == -1)


def settle_size(size: Any) -> Any:
    """A size as Reshape takes it; one that is known only while the network runs is what is left."""
    if isinstance(size, Size):
        if size.axis == 0:
            raise Left("moves the batch away from the first axis")
        return -1
    if isinstance(size, (int, Reference)):
        return size
    raise Left("has a size that is known only while the network runs")


def permute_tensor(called: Called) -> Wire:
    """``x.permute(0, 2, 1)`` and ``torch.permute(x, (0, 2, 1))``."""
    wire = called.tensor()
    dims = [plain(dim) for dim in flat_list(called.args) or flat_list([called.kwargs.get("dims", ())])]
    if not dims or not all(isinstance(dim, int) for dim in dims):
        raise Left("orders axes in a way that is known only while the network runs")
    if dims[:2] == [1, 0] and dims[2:] == list(range(2, len(dims))):
        return keep_batch_first(called, wire)
    return called.draw("Permute", {"dims": dims}, wire)


def transpose_tensor(called: Called) -> Wire:
    """``x.transpose(1, 2)``: a permutation as soon as the number of axes is known."""
    wire = called.tensor()
    axes = [plain(value) for value in (*called.args, *called.kwargs.values())]
    if len(axes) != 2 or not all(isinstance(axis, int) for axis in axes) or called.frame.drawing is None:
        raise Left("exchanges axes that are not known here")
    first, second = axes
    if {first, second} == {0, 1}:
        return keep_batch_first(called, wire)
    rank = called.frame.drawing.rank(wire)
    if rank is None:
        rank = max(3, first + 1, second + 1, -first, -second)
        called.remark(
            f"How many axes are exchanged here is not known; {rank} were taken. Change dims of the Permute if not."
        )
    dims = list(range(rank))
    if not (-rank <= first < rank and -rank <= second < rank):
        raise Left("exchanges an axis that is not there")
    dims[first], dims[second] = dims[second], dims[first]
    return called.draw("Permute", {"dims": dims}, wire)


def keep_batch_first(called: Called, wire: Wire) -> Wire:
    """Exchanging batch and time changes nothing where the batch always comes first."""
    called.remark("Exchanging batch and time was left out, because the batch comes first everywhere here.")
    return wire


def refuse_split(called: Called) -> Any:
    """Pieces of equal size need a size that is known."""
    raise Left("splits a tensor into pieces whose sizes only the data tells", "Use a Slice for each piece.")


RESHAPING: dict[str, Callable[[Called], Any]] = {
    "view": view_tensor,
    "reshape": view_tensor,
    "permute": permute_tensor,
    "transpose": transpose_tensor,
    "swapaxes": transpose_tensor,
    "chunk": refuse_split,
    "split": refuse_split,
}

__all__ = ["RESHAPING", "Called"]
