"""What layers ask about the axes of their inputs, with the short reasons for what cannot be."""

from __future__ import annotations

from typing import Any

from builder.layers.base import Misfit, Specs
from builder.tensors import Size, TensorSpec

CHANNELS = 1


def given(specs: Specs, index: int = 0) -> TensorSpec:
    """The spec of an input that must be there."""
    spec = specs[index]
    if spec is None:
        raise Misfit("unconnected", "an input has no link")
    return spec


def require_fixed(spec: TensorSpec, axis: int, what: str, port: str = "input") -> int:
    """The size of an axis that a layer's weights depend on. Raises Misfit where it varies from batch to batch."""
    size = spec.shape[axis]
    if isinstance(size, int):
        return size
    reason = f"the number of {what} must be fixed, and here it varies ({size})"
    raise Misfit("varying_size", reason, port=port, axis=axis % spec.rank)


def least(size: Size) -> int:
    """The smallest size that an axis is checked at."""
    return size if isinstance(size, int) else min(size.sizes)


def locate_axis(dim: int, rank: int, param: str = "dim") -> int:
    """Count an axis from the front. Raises Misfit where there is no such axis."""
    if -rank <= dim < rank:
        return dim % rank
    raise Misfit("axis_out_of_range", f"there is no axis {dim}, the last one is {rank - 1}", param=param, rank=rank)


def locate_inner_axis(dim: int, rank: int, param: str = "dim") -> int:
    """Count an axis that must not be the batch's from the front. Raises Misfit."""
    axis = locate_axis(dim, rank, param)
    if axis == 0:
        raise Misfit("batch_lost", "axis 0 counts the samples of the batch and must stay", param=param)
    return axis


def require_multiple(number: int, divisor: int, what: str, code: str, **facts: Any) -> None:
    """Raise Misfit where a number of things cannot be shared out evenly."""
    if number % divisor:
        raise Misfit(code, f"{number} {what} cannot be split into {divisor} equal parts", got=number, **facts)


def join_sizes(shape: tuple[Size, ...]) -> str:
    """A shape as people read it, batch axis included: ``B×3×32×32``."""
    return "×".join(str(size) for size in shape) or "scalar"
