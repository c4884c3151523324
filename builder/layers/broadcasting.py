"""PyTorch's rule of broadcasting on symbolic shapes: which sizes fit together, and which two do not."""

from __future__ import annotations

from builder.layers.base import Misfit
from builder.tensors import BATCH, Size, TensorSpec


def broadcast(specs: list[TensorSpec], ports: list[str]) -> tuple[Size, ...]:
    """The shape that inputs have together. Raises Misfit at the first that does not fit those before it."""
    shape = specs[0].shape
    for spec, port in zip(specs[1:], ports[1:], strict=True):
        shape = broadcast_pair(shape, spec, port)
    if shape and shape[0] != BATCH and any(spec.shape[:1] == (BATCH,) for spec in specs):
        reason = "axis 0 would not be the batch any more: give all inputs the same number of axes"
        raise Misfit("batch_lost", reason, port=ports[-1])
    return shape


def broadcast_pair(shape: tuple[Size, ...], spec: TensorSpec, port: str) -> tuple[Size, ...]:
    """The shape of two inputs together, aligned at the last axis."""
    rank = max(len(shape), spec.rank)
    first: tuple[Size, ...] = (1,) * (rank - len(shape)) + shape
    second: tuple[Size, ...] = (1,) * (rank - spec.rank) + spec.shape
    return tuple(join_size(a, b, axis, spec, port) for axis, (a, b) in enumerate(zip(first, second, strict=True)))


def join_size(a: Size, b: Size, axis: int, spec: TensorSpec, port: str) -> Size:
    """The size of two axes together: equal ones, or one of them 1."""
    if b in (a, 1):
        return a
    if a == 1:
        return b
    reason = f"axis {axis} is {a} in one input and {b} in another"
    raise Misfit("sizes_differ", reason, port=port, axis=axis, wants=a, got=b)
