"""Layers that make one value of all values along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor

from builder.kinds import Params, Port
from builder.layers.axes import given, locate_inner_axis
from builder.layers.base import Layer, Misfit, Specs
from builder.layers.parameters import Dims, spread


class ReductionParams(Params):
    """What both have."""

    dim: Dims = Field(-1, description="The axis or axes that are joined; -1 is the last. Not 0, the batch.")
    keepdim: bool = Field(False, description="Keep the axis with size 1 instead of dropping it.")


class Reduction(Layer):
    """What layers share that join the values along axes."""

    family = "Merge"
    shown = ("dim", "keepdim")
    stateless = True
    join: ClassVar[Callable[..., Tensor]]

    @classmethod
    def construct(cls, params: ReductionParams, specs: Specs) -> None:
        """Check that the axes are there, named once, and not the batch's."""
        rank = given(specs).rank
        axes = [locate_inner_axis(dim, rank) for dim in spread(params.dim, 1)]
        if not axes:
            raise Misfit("no_axis", "no axis is given", param="dim")
        if len(set(axes)) < len(axes):
            raise Misfit("axis_twice", "an axis is given twice", param="dim")

    @classmethod
    def apply(cls, params: ReductionParams, *inputs: Any) -> Any:
        """Join the values."""
        return cls.join(inputs[0], dim=params.dim, keepdim=params.keepdim)

    @classmethod
    def expression(cls, params: ReductionParams, *names: str | None) -> str:
        """The same in source."""
        kept = ", keepdim=True" if params.keepdim else ""
        return f"torch.{cls.join.__name__}({names[0]}, dim={params.dim}{kept})"


class Mean(Reduction):
    """Take the mean along one axis or several, such as over time or over pixels.

    Shapes:
        input: any of two axes or more.
        output: without the axes that were joined.
    """

    kind = "Mean"
    synonyms = ("average", "reduce", "pool")
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6)),)
    join = torch.mean

    class Params(ReductionParams):
        """Along which axes."""


class Sum(Reduction):
    """Add up along one axis or several. Multiply and then Sum is the dot product of two vectors.

    Shapes:
        input: any of two axes or more.
        output: without the axes that were joined.
    """

    kind = "Sum"
    synonyms = ("total", "reduce", "dot product", "add up")
    inputs = (Port("input", ranks=(2, 3, 4, 5, 6), dtype="number"),)
    outputs = (Port("output", dtype="number"),)
    join = torch.sum

    class Params(ReductionParams):
        """Along which axes."""
