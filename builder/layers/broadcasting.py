"""PyTorch's rule of broadcasting on symbolic shapes: which sizes fit together, and which two do not."""

from __future__ import annotations

from builder.layers.axes import join_sizes
from builder.layers.base import Misfit
from builder.tensors import Size, TensorSpec


def broadcast(specs: list[TensorSpec], ports: list[str]) -> tuple[Size, ...]:
    """The shape that inputs have together. Raises Misfit at the first that does not fit those before it."""
    shape = specs[0].shape
    for spec, port in zip(specs[1:], ports[1:], strict=True):
        check_ranks(shape, spec.shape, port)
        sizes = enumerate(zip(shape, spec.shape, strict=True))
        shape = tuple(join_size(a, b, axis, port) for axis, (a, b) in sizes)
    return shape


def check_ranks(first: tuple[Size, ...], second: tuple[Size, ...], port: str) -> None:
    """Raise Misfit where two shapes differ in their number of axes.

    PyTorch would align them at the last axis, which puts the batch of one beside another axis of the other.
    """
    if len(first) != len(second):
        reason = f"one input is {join_sizes(first)}, another {join_sizes(second)}: not the same number of axes"
        raise Misfit("ranks_differ", reason, port=port, wants=len(first), got=len(second))


def join_size(a: Size, b: Size, axis: int, port: str) -> Size:
    """The size of two axes together: equal ones, or one of them 1."""
    if b in (a, 1):
        return a
    if a == 1:
        return b
    reason = f"axis {axis} is {a} in one input and {b} in another"
    raise Misfit("sizes_differ", reason, port=port, axis=axis, wants=a, got=b)
