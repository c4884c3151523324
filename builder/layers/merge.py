"""Layers that make one tensor of several."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.layers.axes import join_sizes, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.broadcasting import broadcast
from builder.layers.parameters import Dim
from builder.tensors import Size, TensorSpec

INPUTS = (Port("inputs", dtype="number", variadic=True, least=2),)
OUTPUT = (Port("output", dtype="number"),)


def linked(specs: Specs) -> tuple[list[TensorSpec], list[str]]:
    """The specs of a variadic port's links, and the ports' names."""
    found = [(spec, f"inputs.{index}") for index, spec in enumerate(specs) if spec is not None]
    return [spec for spec, _ in found], [port for _, port in found]


class Elementwise(Layer):
    """What layers share that combine values at the same place; axes of size 1 are repeated to fit."""

    family = "Merge"
    inputs = INPUTS
    outputs = OUTPUT
    stateless = True
    combine: ClassVar[Callable[[Tensor, Tensor], Tensor]]
    sign: ClassVar[str]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> None:
        """Check that the sizes fit."""
        broadcast(*linked(specs))

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """Combine from the first to the last."""
        return reduce(cls.combine, inputs)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The same with Python's operator, which also works from left to right."""
        return f" {cls.sign} ".join(str(name) for name in names)


class Add(Elementwise):
    """Add tensors value by value: the way around a residual branch comes together here.

    Shapes:
        inputs: equal, or 1 where they differ.
        output: the same.

    Formula:
        y = x₀ + x₁ + ...

    Reference:
        He et al. 2016, Deep Residual Learning for Image Recognition.
    """

    kind = "Add"
    synonyms = ("sum", "plus", "residual", "skip connection")
    combine = torch.add
    sign = "+"


class Joining(Layer):
    """What layers share that put tensors side by side."""

    family = "Merge"
    inputs = (Port("inputs", dtype="any", variadic=True, least=2),)
    outputs = (Port("output", dtype="any"),)
    stateless = True
    shown = ("dim",)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """A list of the names and the axis."""
        return f"torch.{cls.kind.lower()}([{', '.join(str(name) for name in names)}], dim={params.dim})"


class Concat(Joining):
    """Put tensors one behind the other along an axis, by default the channels or features.

    Shapes:
        inputs: B × C₀ × H × W, B × C₁ × H × W and so on: equal but for the axis they are joined along.
        output: B × (C₀ + C₁ + ...) × H × W.

    Reference:
        Huang et al. 2017, Densely Connected Convolutional Networks.
    """

    kind = "Concat"
    synonyms = ("concatenate", "cat", "join", "merge", "skip connection")

    class Params(Params):
        """Along which axis tensors are joined."""

        dim: Dim = Field(1, description="The axis that grows: 1 is channels or features, -1 the last one.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that all other axes are equal."""
        found, ports = linked(specs)
        axis = locate_inner_axis(params.dim, found[0].rank)
        for spec, port in zip(found[1:], ports[1:], strict=True):
            check_equal(found[0].shape, spec.shape, port, besides=axis)

    @classmethod
    def apply(cls, params: Params, *inputs: Any) -> Any:
        """Join along the axis."""
        return torch.cat(inputs, dim=params.dim)

    @classmethod
    def expression(cls, params: Params, *names: str | None) -> str:
        """The same in source."""
        return f"torch.cat([{', '.join(str(name) for name in names)}], dim={params.dim})"


def check_equal(first: tuple[Size, ...], second: tuple[Size, ...], port: str, besides: int | None = None) -> None:
    """Raise Misfit where two shapes differ in an axis other than ``besides``."""
    if len(first) != len(second):
        reason = f"one input is {join_sizes(first)} and another {join_sizes(second)}: they differ in their number of axes"
        raise Misfit("ranks_differ", reason, port=port, wants=len(first), got=len(second))
    for axis, (a, b) in enumerate(zip(first, second, strict=True)):
        if axis != besides and a != b:
            reason = f"axis {axis} is {a} in one input and {b} in another"
            raise Misfit("sizes_differ", reason, port=port, axis=axis, wants=a, got=b)
