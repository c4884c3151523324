"""Layers that make one tensor of several."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.layers.axes import given, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.broadcasting import broadcast, check_ranks
from builder.layers.parameters import Dim
from builder.tensors import Size, TensorSpec

SEVERAL: tuple[Port, ...] = (Port("inputs", dtype="number", variadic=True, least=2),)
TWO: tuple[Port, ...] = (Port("input", dtype="number"), Port("other", dtype="number"))


def linked(specs: Specs) -> tuple[list[TensorSpec], list[str]]:
    """The specs of a variadic port's links, and the ports' names."""
    found = [(spec, f"inputs.{index}") for index, spec in enumerate(specs) if spec is not None]
    return [spec for spec, _ in found], [port for _, port in found]


class Elementwise(Layer):
    """What layers share that combine values at the same place; axes of size 1 are repeated to fit."""

    family = "Merge"
    inputs = SEVERAL
    outputs = (Port("output", dtype="number"),)
    stateless = True
    combine: ClassVar[Callable[[Tensor, Tensor], Tensor]]
    sign: ClassVar[str]

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> None:
        """Check that the sizes fit."""
        found, ports = linked(specs)
        broadcast(found, ["input", "other"] if cls.inputs == TWO else ports)

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


class Multiply(Elementwise):
    """Multiply tensors value by value: let one decide how much of the other passes.

    Shapes:
        inputs: equal, or 1 where they differ.
        output: the same.

    Formula:
        y = x₀ · x₁ · ...

    Reference:
        Hu et al. 2018, Squeeze-and-Excitation Networks.
    """

    kind = "Multiply"
    synonyms = ("product", "times", "gate", "scale", "hadamard", "attention weights")
    combine = torch.mul
    sign = "*"


class Subtract(Elementwise):
    """Take one tensor from another, value by value.

    Shapes:
        input, other: equal, or 1 where they differ.
        output: the same.

    Formula:
        y = input - other
    """

    kind = "Subtract"
    synonyms = ("minus", "difference", "residual")
    inputs = TWO
    combine = torch.sub
    sign = "-"


class MatMul(Layer):
    """Multiply matrices: the last two axes of the inputs are rows and columns, all others are kept.

    Shapes:
        input: B × ... × N × D.
        other: B × ... × D × M.
        output: B × ... × N × M.

    Formula:
        yₙₘ = Σ inputₙ · otherₘ, summed over the D that both share
    """

    kind = "MatMul"
    family = "Merge"
    synonyms = ("matrix product", "dot product", "bmm", "scores", "attention")
    inputs = (Port("input", ranks=(3, 4, 5)), Port("other", ranks=(3, 4, 5)))
    stateless = True

    @classmethod
    def construct(cls, params: Any, specs: Specs) -> None:
        """Check that rows meet columns and that the other axes fit."""
        first, second = given(specs), given(specs, 1)
        if first.shape[-1] != second.shape[-2]:
            reason = f"a row of the first has {first.shape[-1]} values, a column of the second {second.shape[-2]}"
            wants, got = first.shape[-1], second.shape[-2]
            raise Misfit("sizes_differ", reason, port="other", axis=second.rank - 2, wants=wants, got=got)
        outer = [TensorSpec(spec.shape[:-2]) for spec in (first, second)]
        broadcast(outer, ["input", "other"])

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """The product."""
        return torch.matmul(*inputs)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The same in source."""
        return f"torch.matmul({names[0]}, {names[1]})"


class Joining(Layer):
    """What layers share that put tensors side by side."""

    family = "Merge"
    inputs = (Port("inputs", dtype="any", variadic=True, least=2),)
    outputs = (Port("output", dtype="any"),)
    stateless = True
    shown = ("dim",)
    join: ClassVar[Callable[..., Tensor]]

    @classmethod
    def apply(cls, params: Any, *inputs: Any) -> Any:
        """Put them side by side along the axis."""
        return cls.join(inputs, dim=params.dim)

    @classmethod
    def expression(cls, params: Any, *names: str | None) -> str:
        """The same in source."""
        return f"torch.{cls.join.__name__}([{', '.join(str(name) for name in names)}], dim={params.dim})"


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
    join = torch.cat

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


class Stack(Joining):
    """Put equal tensors one behind the other along a new axis.

    Shapes:
        inputs: N tensors of B × D.
        output: B × N × D.
    """

    kind = "Stack"
    synonyms = ("pile", "new axis", "sequence of")
    join = torch.stack

    class Params(Params):
        """Where the new axis goes."""

        dim: Dim = Field(1, description="Where the new axis goes; -1 makes it the last one.")

    @classmethod
    def construct(cls, params: Params, specs: Specs) -> None:
        """Check that all shapes are equal."""
        found, ports = linked(specs)
        locate_inner_axis(params.dim, found[0].rank + 1)
        for spec, port in zip(found[1:], ports[1:], strict=True):
            check_equal(found[0].shape, spec.shape, port)


def check_equal(first: tuple[Size, ...], second: tuple[Size, ...], port: str, besides: int | None = None) -> None:
    """Raise Misfit where two shapes differ in an axis other than ``besides``."""
    check_ranks(first, second, port)
    for axis, (a, b) in enumerate(zip(first, second, strict=True)):
        if axis != besides and a != b:
            reason = f"axis {axis} is {a} in one input and {b} in another"
            raise Misfit("sizes_differ", reason, port=port, axis=axis, wants=a, got=b)
